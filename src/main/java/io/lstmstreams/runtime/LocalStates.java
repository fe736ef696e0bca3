package io.lstmstreams.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsException;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of the states on the local disk, one directory for each task. The changelog topic holds all states, so a
 * damaged copy can be deleted, and Kafka Streams restores it. Kafka Streams does not delete a copy by itself if its
 * files cannot be opened: the application would fail at each start.
 */
public final class LocalStates {
    private static final Logger LOG = LoggerFactory.getLogger(LocalStates.class);
    private static final int PROBE_BYTES = 1 << 16; // fails on a full disk
    private static final String LOCKED = "Unable to initialize state"; // of Kafka Streams
    private static final String MISSING = "No such file";

    private final Path directory;

    LocalStates(Path directory) {
        this.directory = directory;
    }

    /** Returns the local states of an application. */
    public static LocalStates of(StreamsConfig config) {
        return new LocalStates(Path.of(config.getString(StreamsConfig.STATE_DIR_CONFIG))
                .resolve(config.getString(StreamsConfig.APPLICATION_ID_CONFIG)));
    }

    /**
     * Checks that the application can write to the directory, and creates the directory if it does not exist.
     *
     * @throws ApplicationException if the application cannot; the message is one line with the reason
     */
    void checkWritable() {
        try {
            Files.createDirectories(directory);
            Path file = Files.createTempFile(directory, "check", ".tmp");
            try {
                Files.write(file, new byte[PROBE_BYTES]);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new ApplicationException(
                    StreamsConfig.STATE_DIR_CONFIG + "=" + directory.getParent() + " cannot be used: " + reason(e)
                            + "; set " + StreamsConfig.STATE_DIR_CONFIG
                            + " to a directory in which the application can write",
                    e);
        }
    }

    /** Returns the exception to throw for a failure to open the directory. */
    RuntimeException explain(StreamsException failure) {
        return String.valueOf(failure.getMessage()).startsWith(LOCKED)
                ? new ApplicationException(
                        StreamsConfig.STATE_DIR_CONFIG + "=" + directory.getParent()
                                + " is in use by another process of this application: give each process a directory of"
                                + " its own",
                        failure)
                : failure;
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + " cannot be created";
        }
        if (e.getClass() == IOException.class) { // such as a full disk
            return String.valueOf(e.getMessage());
        }
        return e instanceof FileAlreadyExistsException ? e.getMessage() + " is a file" : Failures.oneLine(e);
    }

    /**
     * Deletes the copy whose damage has caused a failure. The copy must not be open. A full disk and files without
     * the right to read them are no damage.
     *
     * @return true if a copy was deleted
     */
    public boolean discardDamaged(Throwable failure) {
        boolean discarded = false;
        if (isDamage(failure)) {
            for (Path task : tasks()) {
                if (names(failure, task)) {
                    LOG.warn(
                            "the local states in {} are damaged: they are deleted, and restored from the changelog topic",
                            task);
                    delete(task);
                    discarded = true;
                }
            }
        }
        return discarded;
    }

    private static boolean isDamage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RocksDBException e && e.getStatus() != null) {
                Status.Code code = e.getStatus().getCode();
                return code == Status.Code.Corruption
                        || (code == Status.Code.IOError
                                && String.valueOf(e.getMessage()).contains(MISSING));
            }
        }
        return false;
    }

    /** Returns whether the message of a failure or of one of its causes names a file in a directory. */
    private static boolean names(Throwable failure, Path task) {
        String prefix = task + task.getFileSystem().getSeparator();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && cause.getMessage().contains(prefix)) {
                return true;
            }
        }
        return false;
    }

    private List<Path> tasks() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path task) {
        try (Stream<Path> files = Files.walk(task)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
