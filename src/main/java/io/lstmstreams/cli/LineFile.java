package io.lstmstreams.cli;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of lines, or standard output. Not thread-safe. */
final class LineFile implements Closeable {
    /** The name of standard output. */
    static final String STANDARD = "-";

    private final OutputStream out;
    private final boolean standard; // true for standard output

    private LineFile(OutputStream out, boolean standard) {
        this.out = out;
        this.standard = standard;
    }

    /** Opens a file, or standard output for {@code -}. */
    static LineFile open(String name) throws IOException {
        boolean standard = name.equals(STANDARD);
        OutputStream raw = standard ? System.out : Files.newOutputStream(Path.of(name));
        return new LineFile(new BufferedOutputStream(raw, 1 << 16), standard);
    }

    /** Opens a file, or standard output for {@code -}; returns null if the name is null. */
    static @Nullable LineFile openIfNamed(@Nullable String name) throws IOException {
        return name == null ? null : open(name);
    }

    void write(String line) {
        write(line.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a line in UTF-8, and a line end. */
    void write(byte[] line) {
        try {
            out.write(line);
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes what is buffered. */
    void flush() {
        try {
            out.flush();
            if (standard && System.out.checkError()) {
                throw new IOException("standard output is closed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (standard) {
            flush(); // not closed, because it belongs to the process
        } else {
            out.close();
        }
    }
}
