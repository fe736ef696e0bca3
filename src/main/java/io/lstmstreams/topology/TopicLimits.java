package io.lstmstreams.topology;

/**
 * The limits of a topic for one record: what is beyond them, its brokers refuse.
 *
 * @param maxBytes the largest batch in bytes, with overhead
 * @param maxBytesConfig the key of the configuration that sets {@code maxBytes}
 * @param beforeMaxMs how far a timestamp may lie in the past, in milliseconds
 * @param afterMaxMs how far a timestamp may lie in the future, in milliseconds
 * @param requiresKey whether a record must have a key, as in a compacted topic
 */
public record TopicLimits(int maxBytes, String maxBytesConfig, long beforeMaxMs, long afterMaxMs, boolean requiresKey) {
    /** The limits of a topic that takes every record. */
    public static final TopicLimits NONE =
            new TopicLimits(Integer.MAX_VALUE, "max.message.bytes", Long.MAX_VALUE, Long.MAX_VALUE, false);

    /** Returns these limits with at most so many bytes. */
    public TopicLimits withMaxBytes(int bytes, String config) {
        return bytes < maxBytes ? new TopicLimits(bytes, config, beforeMaxMs, afterMaxMs, requiresKey) : this;
    }
}
