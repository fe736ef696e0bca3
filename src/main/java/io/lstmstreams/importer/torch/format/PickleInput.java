package io.lstmstreams.importer.torch.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The bytes of one or more consecutive pickles, read forwards. Not thread-safe. */
final class PickleInput {
    private static final int MAX_LINE = 4096; // a name or a number in the text protocol

    private final InputStream in;
    private final String file;
    private final long size;
    private long at;

    /**
     * Wraps the bytes.
     *
     * @param size the number of bytes, which bounds the length of every text
     */
    PickleInput(InputStream in, String file, long size) {
        this.in = in;
        this.file = file;
        this.size = size;
    }

    /** Returns the number of bytes that have been read. */
    long at() {
        return at;
    }

    int next() throws IOException {
        int read = in.read();
        if (read < 0) {
            throw malformed("the pickle ends before its STOP");
        }
        at++;
        return read;
    }

    /** Reads an unsigned integer of up to 7 bytes, or a signed integer of 8 bytes. */
    long littleEndian(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (Byte.SIZE * i);
        }
        return value;
    }

    double bigEndianDouble() throws IOException {
        long bits = 0;
        for (int i = 0; i < Double.BYTES; i++) {
            bits = bits << Byte.SIZE | next();
        }
        return Double.longBitsToDouble(bits);
    }

    byte[] bytes(long count) throws IOException {
        checkLength(count);
        byte[] bytes = in.readNBytes((int) count);
        at += bytes.length;
        if (bytes.length < count) {
            throw malformed("the pickle ends before its STOP");
        }
        return bytes;
    }

    String text(long bytes) throws IOException {
        return new String(bytes(bytes), StandardCharsets.UTF_8);
    }

    void skip(long count) throws IOException {
        checkLength(count);
        in.skipNBytes(count);
        at += count;
    }

    private void checkLength(long count) {
        if (count < 0 || count > size - at || count > Integer.MAX_VALUE - 8) {
            throw malformed("a text or number is longer than the file");
        }
    }

    /** Reads the text before the next line feed. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = next(); c != '\n'; c = next()) {
            if (line.length() == MAX_LINE) {
                throw malformed("a line must have at most " + MAX_LINE + " characters, but has more");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    Malformed malformed(String what) {
        return new Malformed(file + ": byte " + at + " of the pickle", what);
    }
}
