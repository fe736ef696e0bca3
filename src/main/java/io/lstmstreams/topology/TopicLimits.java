package io.lstmstreams.topology;

/**
 * The limits of a topic for one record. Brokers refuse a record that exceeds one of them.
 *
 * @param maxBytes the size of the largest batch in bytes, with its overhead
 * @param maxBytesConfig the key of the configuration that sets {@code maxBytes}
 * @param beforeMaxMs the largest age of a timestamp, in milliseconds
 * @param afterMaxMs the largest distance of a timestamp into the future, in milliseconds
 * @param requiresKey true if a record must have a key, as in a compacted topic
 */
public record TopicLimits(int maxBytes, String maxBytesConfig, long beforeMaxMs, long afterMaxMs, boolean requiresKey) {
    /** The limits of a topic that takes every record. */
    public static final TopicLimits NONE =
            new TopicLimits(Integer.MAX_VALUE, "max.message.bytes", Long.MAX_VALUE, Long.MAX_VALUE, false);

    /**
     * Returns these limits, restricted to a number of bytes.
     *
     * @param config the key of the configuration that sets the number
     */
    public TopicLimits withMaxBytes(int bytes, String config) {
        return bytes < maxBytes ? new TopicLimits(bytes, config, beforeMaxMs, afterMaxMs, requiresKey) : this;
    }
}
