package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.topology.DeadLetterHandler;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.SendFailureHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/** The configuration of Kafka Streams: the application's defaults, overridden by the user's keys. */
final class KafkaProperties {
    private static final long CACHE_BYTES = 64L << 20;

    /**
     * The longest time for which a result waits for its batch. Kafka's producer waits 5 ms by default, Kafka Streams
     * 100.
     */
    private static final int LINGER_MS = 2;

    private KafkaProperties() {}

    /**
     * Returns the configuration.
     *
     * @throws ConfigException if a required key is missing or a login cannot be read
     */
    @SuppressWarnings("deprecation") // the key below goes with the behaviour that it chooses, in Kafka 5.0
    static Map<String, Object> of(LstmStreamsConfig config, FetchedRecords fetched, StoreMemory memory) {
        Object applicationId = config.kafka().get(StreamsConfig.APPLICATION_ID_CONFIG);
        if (applicationId == null || config.kafka().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG) == null) {
            throw new ConfigException(StreamsConfig.APPLICATION_ID_CONFIG + " and "
                    + StreamsConfig.BOOTSTRAP_SERVERS_CONFIG + " must be set");
        }
        Map<String, Object> properties = new HashMap<>();
        // A step is not idempotent: a record that is processed twice advances its sequence twice.
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        // Kafka's own handler sends dead letters from the producer's network thread, and waits for the same thread.
        properties.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, SendFailureHandler.class);
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, config.deadLetterTopic());
        // The default of Kafka 5.0. Without these keys Kafka warns at each start. The second one is for the assignor of
        // partitions, which reads the settings of the main consumer only.
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        properties.put(
                StreamsConfig.mainConsumerPrefix(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG),
                true);
        // A record without a timestamp is processed like any other; Kafka's extractors would stop the stream.
        properties.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, AnyTimestamp.class);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        properties.putAll(memory.storeSettings());
        if (!config.kafka().containsKey(ProducerConfig.LINGER_MS_CONFIG)) {
            properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), LINGER_MS);
        }
        properties.putAll(config.kafka());
        Logins.check(properties);
        addInterceptor(properties, fetched);
        return properties;
    }

    /** Adds the interceptor that hands over fetched records, after the user's own, so that it sees their results. */
    private static void addInterceptor(Map<String, Object> properties, FetchedRecords fetched) {
        List<Object> interceptors = new ArrayList<>();
        Stream.of(
                        StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                        StreamsConfig.consumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG)
                .map(properties::get)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(given -> interceptors.addAll(
                        (List<?>) ConfigDef.parseType("interceptor.classes", given, ConfigDef.Type.LIST)));
        properties.putAll(fetched.consumerSettings(interceptors));
    }
}
