package io.lstmstreams.importer.bytes;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files, with the errors that all formats have in common. */
public final class FileReading {
    private FileReading() {}

    /** Reads a file or a part of it. */
    public interface Operation<T> {
        T run() throws IOException;
    }

    /**
     * Runs an operation that reads a file.
     *
     * @param file the file's name in errors
     * @throws Inaccessible if the path is a folder or does not exist, or the file cannot be read
     * @throws Malformed if the file ends too early
     */
    public static <T> T read(Path path, String file, Operation<T> operation) {
        if (Files.isDirectory(path)) {
            throw new Inaccessible(file, "is a folder, not a file", null);
        }
        try {
            return operation.run();
        } catch (NoSuchFileException e) {
            throw new Inaccessible(file, "does not exist", e);
        } catch (EOFException e) {
            throw new Malformed(file, "ends too early (is the file truncated?)");
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
