package io.lstmstreams.topology;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The limits of the topics that an application writes to, so that what a topic would refuse is found before anything changes. Whoever
 * knows the topics sets their limits with {@link #set}; until then, and for a topic whose limits are unknown, the producer's own
 * limit applies. One for each application. Safe for any number of threads.
 */
public final class SendLimits {
    private static final String CONFIG = "lstm.send.limits";
    private static final int DEFAULT_MAX_REQUEST = 1 << 20;
    private static final int DEFAULT_BUFFER = 32 << 20;

    private final String applicationId;
    private final TopicLimits producer;
    private final Map<String, Target> targets = new ConcurrentHashMap<>();

    private SendLimits(String applicationId, TopicLimits producer) {
        this.applicationId = applicationId;
        this.producer = producer;
    }

    /** Returns limits without any topic's, for an application with these settings of Kafka Streams. */
    public static SendLimits of(Map<String, ?> settings) {
        TopicLimits producer = TopicLimits.NONE
                .withMaxBytes(
                        producerSetting(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DEFAULT_MAX_REQUEST),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG)
                .withMaxBytes(
                        producerSetting(settings, ProducerConfig.BUFFER_MEMORY_CONFIG, DEFAULT_BUFFER),
                        ProducerConfig.BUFFER_MEMORY_CONFIG);
        return new SendLimits(String.valueOf(settings.get(StreamsConfig.APPLICATION_ID_CONFIG)), producer);
    }

    /** Returns the limits that the settings carry, or limits without any topic's. */
    static SendLimits in(Map<String, ?> settings) {
        return settings.get(CONFIG) instanceof SendLimits carried ? carried : of(settings);
    }

    private static int producerSetting(Map<String, ?> settings, String key, int otherwise) {
        Object prefixed = settings.get(StreamsConfig.producerPrefix(key));
        Object value = prefixed == null ? settings.get(key) : prefixed;
        long bytes = value == null ? otherwise : Long.parseLong(value.toString().trim());
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** Returns what the configuration of Kafka Streams must hold, so that the exception handlers know the limits. */
    public Map<String, Object> settings() {
        return Map.of(CONFIG, this);
    }

    /** Sets a topic's limits; the producer's own limit stays in force. */
    public void set(String topic, TopicLimits limits) {
        target(topic).limits(limits.withMaxBytes(producer.maxBytes(), producer.maxBytesConfig()));
    }

    /** Returns a topic's limits as they apply to a record, the producer's among them. */
    public TopicLimits get(String topic) {
        return target(topic).limits();
    }

    /** Returns the names of the topics that records are sent to. */
    public Set<String> topics() {
        return new TreeSet<>(targets.keySet());
    }

    /** Returns a topic; for null a target that takes everything, because nothing is sent there. */
    Target target(String topic) {
        return topic == null ? Target.NONE : targets.computeIfAbsent(topic, name -> new Target(name, producer));
    }

    /** Returns the changelog topic of a store. */
    Target changelog(String store) {
        return target(applicationId + "-" + store + "-changelog");
    }

    /** Returns a repartition topic. */
    Target repartition(String name) {
        return target(applicationId + "-" + name + "-repartition");
    }
}
