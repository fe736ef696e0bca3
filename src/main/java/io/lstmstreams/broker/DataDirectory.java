package io.lstmstreams.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The checks on a directory before a broker may write into it. */
final class DataDirectory {

    /** Kafka writes this file last when it formats a directory. */
    private static final String META_PROPERTIES = "meta.properties";

    /** What a formatting that was interrupted may have left behind. */
    private static final String BOOTSTRAP_CHECKPOINT = "bootstrap.checkpoint";

    private DataDirectory() {}

    /** Makes the directory if it isn't there yet, and sees to it that a broker may use it. */
    static Path prepare(Path directory) {
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
        return path;
    }

    /** Whether a broker has used this directory before. */
    static boolean isFormatted(Path directory) {
        return Files.exists(directory.resolve(META_PROPERTIES));
    }

    private static boolean holdsAnythingElse(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .anyMatch(name -> !name.startsWith(META_PROPERTIES) && !name.startsWith(BOOTSTRAP_CHECKPOINT));
        } catch (IOException e) {
            throw new BrokerException("the broker's data directory " + directory + " cannot be read (" + e + ")", e);
        }
    }
}
