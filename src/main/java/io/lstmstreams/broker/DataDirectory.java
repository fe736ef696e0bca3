package io.lstmstreams.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The data directory of a broker, locked until it is closed or the process ends.
 *
 * <p>Kafka locks its directory too, but only after it has opened the metadata log there. By then, a second broker would
 * have damaged the log of the first.
 */
final class DataDirectory implements AutoCloseable {

    /** Kafka writes this file last when it formats a directory. */
    private static final String META_PROPERTIES = "meta.properties";

    /** A file that an interrupted formatting may leave. */
    private static final String BOOTSTRAP_CHECKPOINT = "bootstrap.checkpoint";

    private static final String LOCK = ".embedded-broker.lock";

    private final Path path;
    private final FileChannel lock;
    private final boolean temporary;

    private DataDirectory(Path path, FileChannel lock, boolean temporary) {
        this.path = path;
        this.lock = lock;
        this.temporary = temporary;
    }

    /** Creates a directory that is removed when it is closed. */
    static DataDirectory temporary() {
        try {
            Path path = Files.createTempDirectory("lstm-streams-broker");
            return new DataDirectory(path, lock(path), true);
        } catch (IOException e) {
            throw new BrokerException("a temporary directory for the broker cannot be created (" + e + ")", e);
        }
    }

    /** Creates the directory if it does not exist, checks that a broker may use it, and locks it. */
    static DataDirectory open(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new BrokerException("the broker's data directory " + path + " is a file");
        }
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new BrokerException("the broker's data directory " + path + " cannot be created (" + e + ")", e);
        }
        if (!Files.isWritable(path)) {
            throw new BrokerException("the broker's data directory " + path + " is not writable");
        }
        if (!isFormatted(path) && holdsAnythingElse(path)) {
            throw new BrokerException(
                    "the broker's data directory " + path + " holds other files: choose a new or an empty one");
        }
        return new DataDirectory(path, lock(path), false);
    }

    Path path() {
        return path;
    }

    /** Returns whether a broker has used this directory before. */
    boolean isFormatted() {
        return isFormatted(path);
    }

    /** Unlocks the directory, or removes it if it is temporary. */
    @Override
    public void close() {
        try {
            lock.close();
            if (temporary) {
                remove();
            }
        } catch (IOException e) {
            throw new BrokerException("the broker's data directory " + path + " cannot be released (" + e + ")", e);
        }
    }

    private void remove() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static boolean isFormatted(Path directory) {
        return Files.exists(directory.resolve(META_PROPERTIES));
    }

    private static boolean holdsAnythingElse(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .anyMatch(name -> !name.startsWith(META_PROPERTIES)
                            && !name.startsWith(BOOTSTRAP_CHECKPOINT)
                            && !name.equals(LOCK));
        } catch (IOException e) {
            throw new BrokerException("the broker's data directory " + directory + " cannot be read (" + e + ")", e);
        }
    }

    private static FileChannel lock(Path directory) {
        try {
            FileChannel channel =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new BrokerException("the broker's data directory " + directory + " is in use by another broker");
            }
            return channel;
        } catch (IOException e) {
            throw new BrokerException("the broker's data directory " + directory + " cannot be locked (" + e + ")", e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // another broker of this process has the lock
        }
    }
}
