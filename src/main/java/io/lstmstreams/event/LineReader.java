package io.lstmstreams.event;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reader of UTF-8 lines of bounded length, so that a file without line ends cannot exhaust the memory. A line ends
 * with {@code \n}, {@code \r} or {@code \r\n}. Not thread-safe.
 */
public final class LineReader implements Closeable {
    /** The maximum number of bytes in a line. */
    public static final int MAX_BYTES = 16 << 20;

    private static final int CHUNK = 1 << 16;

    private final InputStream in;
    private final byte[] chunk = new byte[CHUNK];
    private int at; // the index of the next byte in the chunk
    private int filled; // the number of bytes in the chunk
    private byte[] line = new byte[1 << 10]; // the bytes of the line, up to the limit
    private long lineBytes;
    private long number;
    private boolean afterCarriageReturn;

    /** Creates a reader of a stream, which {@link #close} closes. */
    public LineReader(InputStream in) {
        this.in = in;
    }

    /** Opens a file. */
    public static LineReader open(Path file) throws IOException {
        return new LineReader(Files.newInputStream(file));
    }

    /** Returns the number of the last line that was read, from 1. */
    public long number() {
        return number;
    }

    /**
     * Reads the next line.
     *
     * @return the line without its line end; null after the last line
     * @throws BadEventException if the line is too long or not UTF-8; the next call reads the line after it
     */
    public @Nullable String next() throws IOException {
        if (hasByte() && afterCarriageReturn && chunk[at] == '\n') {
            at++;
        }
        afterCarriageReturn = false;
        if (!hasByte()) {
            return null;
        }
        number++;
        lineBytes = 0;
        while (hasByte()) {
            int end = at;
            while (end < filled && chunk[end] != '\n' && chunk[end] != '\r') {
                end++;
            }
            append(end - at);
            at = end;
            if (at < filled) {
                afterCarriageReturn = chunk[at++] == '\r';
                break;
            }
        }
        if (lineBytes > MAX_BYTES) {
            throw new BadEventException(
                    "the line must have at most %,d bytes, but has %,d".formatted(MAX_BYTES, lineBytes));
        }
        return Utf8.decode(line, (int) lineBytes, "the line");
    }

    private boolean hasByte() throws IOException {
        if (at == filled) {
            filled = Math.max(0, in.read(chunk));
            at = 0;
        }
        return at < filled;
    }

    /** Appends bytes of the chunk to the line. Beyond the limit, only counts them. */
    private void append(int count) {
        if (lineBytes + count <= MAX_BYTES) {
            int length = (int) lineBytes + count;
            if (length > line.length) {
                line = Arrays.copyOf(line, Math.max(length, Math.min(MAX_BYTES, 2 * line.length)));
            }
            System.arraycopy(chunk, at, line, (int) lineBytes, count);
        }
        lineBytes += count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
