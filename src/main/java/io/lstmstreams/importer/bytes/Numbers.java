package io.lstmstreams.importer.bytes;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads arrays of floating-point numbers. */
public final class Numbers {
    private static final int CHUNK = 1 << 16;

    private Numbers() {}

    /**
     * Reads numbers.
     *
     * @param order the order of a number's bytes
     * @throws EOFException if the stream ends before the last number
     */
    public static float[] floats(InputStream in, NumberType type, ByteOrder order, int count) throws IOException {
        float[] values = new float[count];
        for (int i = 0; i < count; ) {
            int bytes = Math.min(count - i, CHUNK / type.bytes()) * type.bytes();
            byte[] read = in.readNBytes(bytes);
            if (read.length < bytes) {
                throw new EOFException();
            }
            ByteBuffer numbers = ByteBuffer.wrap(read).order(order);
            while (numbers.hasRemaining()) {
                values[i++] = type.read(numbers);
            }
        }
        return values;
    }
}
