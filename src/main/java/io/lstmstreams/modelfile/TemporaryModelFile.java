package io.lstmstreams.modelfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model file for a moment, for nobody else to read, which is gone when it is closed. */
public final class TemporaryModelFile implements AutoCloseable {
    private final Path path;

    private TemporaryModelFile(Path path) {
        this.path = path;
    }

    /**
     * Makes an empty one.
     *
     * @throws IOException if there is no room for it
     */
    public static TemporaryModelFile create() throws IOException {
        return new TemporaryModelFile(Files.createTempFile("lstm-streams-model", ".safetensors"));
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
