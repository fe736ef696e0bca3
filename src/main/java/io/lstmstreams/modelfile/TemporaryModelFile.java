package io.lstmstreams.modelfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary model file that only its owner can read. {@link #close} deletes the file. */
public final class TemporaryModelFile implements AutoCloseable {
    private final Path path;

    private TemporaryModelFile(Path path) {
        this.path = path;
    }

    /**
     * Creates an empty file.
     *
     * @throws IOException if the file cannot be created
     */
    public static TemporaryModelFile create() throws IOException {
        return new TemporaryModelFile(Files.createTempFile("lstm-streams-model", ".safetensors"));
    }

    /** Returns the file's path. */
    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
