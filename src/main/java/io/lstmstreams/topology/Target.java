package io.lstmstreams.topology;

import io.lstmstreams.metrics.StreamMetrics.Reason;

/**
 * A topic that records are sent to, and its limits, which may change at any time. Checks whether a record is within
 * the limits. Safe for any number of threads; a check that passes allocates nothing.
 */
final class Target {
    /** A target whose topic does not exist or is unknown: every record fits. */
    static final Target NONE = new Target("(unknown)", TopicLimits.NONE);

    /** The unused part of a time limit, because clocks differ, and a record waits for its batch and for a commit. */
    private static final long MARGIN_MS = 60_000;

    private static final int MARGIN_SHARE = 10;

    private final String topic;
    private volatile TopicLimits limits;

    Target(String topic, TopicLimits limits) {
        this.topic = topic;
        this.limits = limits;
    }

    String topic() {
        return topic;
    }

    TopicLimits limits() {
        return limits;
    }

    void limits(TopicLimits limits) {
        this.limits = limits;
    }

    /**
     * Checks a record's size.
     *
     * @param what the record's name in the message of the exception
     * @param bytes the size of the record as a batch of its own
     * @throws UnsendableException if the record is too large
     */
    void checkSize(String what, long bytes) {
        TopicLimits current = limits;
        if (bytes > current.maxBytes()) {
            throw new UnsendableException(
                    Reason.TOO_LARGE,
                    "%s has %d bytes, but must have at most %d for topic %s (%s)"
                            .formatted(what, bytes, current.maxBytes(), topic, current.maxBytesConfig()));
        }
    }

    /**
     * Checks a timestamp.
     *
     * @param timestamp in milliseconds since the epoch
     * @param now the wall-clock time, in milliseconds since the epoch
     * @throws UnsendableException if the topic refuses the timestamp
     */
    void checkTime(long timestamp, long now) {
        TopicLimits current = limits;
        if (isTooLate(timestamp, now, current)) {
            throw outside("in the future", timestamp, current.afterMaxMs(), "after");
        }
        if (isTooEarly(timestamp, now, current)) {
            throw outside("in the past", timestamp, current.beforeMaxMs(), "before");
        }
    }

    /** Returns whether the topic takes a record with this timestamp. */
    boolean takesTime(long timestamp, long now) {
        TopicLimits current = limits;
        return !isTooLate(timestamp, now, current) && !isTooEarly(timestamp, now, current);
    }

    private static boolean isTooLate(long timestamp, long now, TopicLimits limits) {
        return timestamp > now && timestamp - now > usable(limits.afterMaxMs());
    }

    private static boolean isTooEarly(long timestamp, long now, TopicLimits limits) {
        return timestamp < now && now - timestamp > usable(limits.beforeMaxMs());
    }

    private static long usable(long limitMs) {
        return limitMs - Math.min(limitMs / MARGIN_SHARE, MARGIN_MS);
    }

    private UnsendableException outside(String where, long timestamp, long limitMs, String config) {
        return new UnsendableException(
                Reason.TIMESTAMP,
                "the timestamp %d lies too far %s for topic %s: message.timestamp.%s.max.ms is %d, less %d for clocks"
                        .formatted(timestamp, where, topic, config, limitMs, limitMs - usable(limitMs)));
    }
}
