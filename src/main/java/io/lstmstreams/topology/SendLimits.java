package io.lstmstreams.topology;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the topics that an application writes to. An output that a topic would refuse is found before
 * anything changes. {@link #set} sets the limits of a topic; until then the limits of the producer apply. There is
 * one for each application. Safe for any number of threads.
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

    /** Returns the limits of the producer of an application with these settings of Kafka Streams. */
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

    /** Returns the limits that the settings of Kafka Streams hold, or else those of the producer. */
    static SendLimits in(Map<String, ?> settings) {
        return settings.get(CONFIG) instanceof SendLimits carried ? carried : of(settings);
    }

    private static int producerSetting(Map<String, ?> settings, String key, int defaultValue) {
        Object prefixed = settings.get(StreamsConfig.producerPrefix(key));
        Object value = prefixed == null ? settings.get(key) : prefixed;
        long bytes =
                value == null ? defaultValue : Long.parseLong(value.toString().trim());
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** Returns the settings of Kafka Streams through which the exception handlers learn the limits. */
    public Map<String, Object> settings() {
        return Map.of(CONFIG, this);
    }

    /** Sets the limits of a topic; the limits of the producer remain in force. */
    public void set(String topic, TopicLimits limits) {
        target(topic).limits(limits.withMaxBytes(producer.maxBytes(), producer.maxBytesConfig()));
    }

    /** Returns the limits of a topic and the producer together. */
    public TopicLimits get(String topic) {
        return target(topic).limits();
    }

    /** Returns the names of the topics that records are sent to. */
    public Set<String> topics() {
        return new TreeSet<>(targets.keySet());
    }

    /** Returns a topic; for null, {@link Target#NONE}, because nothing is sent. */
    Target target(@Nullable String topic) {
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
