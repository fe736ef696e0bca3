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
 * The place of a tensor's bytes. They are read in pieces, directly into the target array.
 *
 * @param path the file
 * @param file the file's name in errors
 * @param offset the offset of the first byte
 * @param length the number of bytes, which was checked against the file's size
 */
record OnnxRegion(Path path, String file, long offset, long length) {
    private static final int CHUNK = 1 << 16; // a multiple of every element's size

    /** Takes all bytes of a piece, in little-endian order. */
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
