package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.NumberType;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A file of torch.save in one of its two layouts: a pickle that names storages, and their bytes. */
interface TorchArchive extends Closeable {
    /** Returns the object that the pickle creates. */
    Object root() throws IOException;

    /** Returns whether the file holds a TorchScript module, whose parameters are attributes of nested objects. */
    boolean torchScript();

    /**
     * Reads the first numbers of a storage.
     *
     * @param type the type of the numbers, with a {@link StorageType#number()}
     * @param count the number of elements, at most the storage's size according to the pickle; the file may have fewer
     */
    float[] floats(StoredTensor.Storage storage, StorageType type, int count) throws IOException;

    /** Reads little-endian numbers. */
    static float[] decode(InputStream in, NumberType type, int count) throws IOException {
        int chunk = 1 << 16;
        float[] values = new float[count];
        for (int i = 0; i < count; ) {
            int bytes = Math.min(count - i, chunk / type.bytes()) * type.bytes();
            byte[] read = in.readNBytes(bytes);
            if (read.length < bytes) {
                throw new EOFException();
            }
            ByteBuffer numbers = ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
            while (numbers.hasRemaining()) {
                values[i++] = type.read(numbers);
            }
        }
        return values;
    }
}
