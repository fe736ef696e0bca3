package io.lstmstreams.topology;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of Kafka's libraries on the class path. */
final class KafkaVersion {
    private static final int MAJOR = 3;
    private static final int MINOR = 9;
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\b.*");

    private KafkaVersion() {}

    /**
     * Checks that a version is supported.
     *
     * @param version the version, as Kafka states it; a text that is no version passes
     * @throws IllegalStateException if the version is older than the oldest supported one; the message is one line
     */
    static void check(String version) {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.matches()) {
            return;
        }
        int major = Integer.parseInt(numbers.group(1));
        if (major < MAJOR || major == MAJOR && Integer.parseInt(numbers.group(2)) < MINOR) {
            throw new IllegalStateException("kafka-clients and kafka-streams must be " + MAJOR + "." + MINOR
                    + " or later, but the class path has " + version + ". Update both to the same version.");
        }
    }
}
