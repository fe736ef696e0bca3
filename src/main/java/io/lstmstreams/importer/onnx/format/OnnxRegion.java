package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where the bytes of a tensor lie. They are read in pieces, straight into the array that they end in.
 *
 * @param path the file
 * @param file what errors call it
 * @param offset of the first byte
 * @param length number of bytes; all of them within the file when this was made
 */
record OnnxRegion(Path path, String file, long offset, long length) {
    private static final int CHUNK = 1 << 16; // a multiple of every element's size

    /** Takes the bytes of a piece, little-endian, all of them. */
    interface Sink {
        void take(ByteBuffer bytes);
    }

    void read(Sink sink) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) Math.min(CHUNK, length)).order(ByteOrder.LITTLE_ENDIAN);
            for (long at = 0; at < length; at += bytes.limit()) {
                bytes.clear().limit((int) Math.min(bytes.capacity(), length - at));
                while (bytes.hasRemaining()) {
                    if (channel.read(bytes, offset + at + bytes.position()) < 0) {
                        throw new EOFException("it became shorter while being read");
                    }
                }
                sink.take(bytes.flip());
            }
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
