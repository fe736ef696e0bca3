package io.lstmstreams.cli;

import io.lstmstreams.input.EventModel;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.SequenceOutput;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file, or standard output, of results in JSON, one a line. Not thread-safe. */
final class LineFile implements Closeable {
    private final OutputStream out;
    private final boolean standard; // whether it is standard output
    private final OutputJson json;

    private LineFile(OutputStream out, boolean standard, OutputJson json) {
        this.out = out;
        this.standard = standard;
        this.json = json;
    }

    /** Opens a file, standard output for {@code -}, or nothing (null) for null. */
    static LineFile open(String name, EventModel model) throws IOException {
        if (name == null) {
            return null;
        }
        boolean standard = name.equals("-");
        OutputStream raw = standard ? System.out : Files.newOutputStream(Path.of(name));
        return new LineFile(new BufferedOutputStream(raw, 1 << 16), standard, new OutputJson(model.vocabulary()));
    }

    void write(SequenceOutput output) {
        try {
            out.write(json.write(output));
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
        out.flush(); // and left open: it is the process's
        if (System.out.checkError()) {
            throw new IOException("standard output was closed");
        }
    }
}
