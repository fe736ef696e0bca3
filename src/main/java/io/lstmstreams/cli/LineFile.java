package io.lstmstreams.cli;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.SequenceOutput;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of JSON lines, or standard output. Not thread-safe. */
final class LineFile implements Closeable {
    /** The name of standard output. */
    static final String STANDARD = "-";

    private final OutputStream out;
    private final boolean standard; // true for standard output
    private final OutputJson json; // null for lines that are not results

    private LineFile(OutputStream out, boolean standard, OutputJson json) {
        this.out = out;
        this.standard = standard;
        this.json = json;
    }

    /** Opens a file for results, or standard output for {@code -}. Returns null for null. */
    static LineFile open(String name, Model model) throws IOException {
        return name == null ? null : open(name, new OutputJson(model.vocabulary()));
    }

    /** Opens a file for lines, or standard output for {@code -}. */
    static LineFile open(String name) throws IOException {
        return open(name, (OutputJson) null);
    }

    private static LineFile open(String name, OutputJson json) throws IOException {
        boolean standard = name.equals(STANDARD);
        OutputStream raw = standard ? System.out : Files.newOutputStream(Path.of(name));
        return new LineFile(new BufferedOutputStream(raw, 1 << 16), standard, json);
    }

    void write(SequenceOutput output) {
        write(json.write(output));
    }

    void write(String line) {
        write(line.getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] line) {
        try {
            out.write(line);
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!standard) {
            out.close();
            return;
        }
        out.flush(); // it belongs to the process, so it stays open
        if (System.out.checkError()) {
            throw new IOException("standard output is closed");
        }
    }
}
