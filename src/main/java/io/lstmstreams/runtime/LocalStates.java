package io.lstmstreams.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.streams.StreamsConfig;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of the states on this machine's disk, a directory for each task. The changelog topic has all states, so a copy
 * with damaged files may be thrown away, and Kafka Streams restores it. It does not throw it away by itself where files cannot
 * be opened: the application would fail again at each start.
 */
public final class LocalStates {
    private static final Logger LOG = LoggerFactory.getLogger(LocalStates.class);
    private static final String MISSING = "No such file";

    private final Path directory;

    LocalStates(Path directory) {
        this.directory = directory;
    }

    /** Those of an application. */
    public static LocalStates of(StreamsConfig config) {
        return new LocalStates(Path.of(config.getString(StreamsConfig.STATE_DIR_CONFIG))
                .resolve(config.getString(StreamsConfig.APPLICATION_ID_CONFIG)));
    }

    /**
     * Deletes the copy whose damage made the application fail. Nobody may have it open. A disk that is full or files that may
     * not be read are no damage.
     *
     * @return whether there was one
     */
    public boolean discardDamaged(Throwable failure) {
        boolean discarded = false;
        if (isDamage(failure)) {
            for (Path task : tasks()) {
                if (names(failure, task)) {
                    LOG.warn(
                            "the local states in {} are damaged: they are deleted and restored from their topic", task);
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
                        || (code == Status.Code.IOError && e.getMessage().contains(MISSING));
            }
        }
        return false;
    }

    /** Whether a failure or one of its causes tells of a file in a directory. */
    private static boolean names(Throwable failure, Path task) {
        String inside = task + task.getFileSystem().getSeparator();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && cause.getMessage().contains(inside)) {
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
