package io.lstmstreams.importer.keras.format;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.nio.ByteBuffer;

/** A matrix divided into chunks. The chunks at its right and lower edges are stored in full size. */
record ChunkGrid(int rows, int columns, int chunkRows, int chunkColumns) {
    void place(ByteBuffer chunk, NumberType numbers, int row, int column, float[] values) {
        int width = Math.min(chunkColumns, columns - column);
        for (int r = 0; r < chunkRows && row + r < rows; r++) {
            chunk.position(r * chunkColumns * numbers.bytes());
            for (int c = 0; c < width; c++) {
                values[(row + r) * columns + column + c] = numbers.read(chunk);
            }
        }
    }
}
