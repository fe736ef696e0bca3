package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.StreamSettings;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
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
    static Map<String, Object> of(LstmStreamsConfig config, FetchedRecords fetched, StoreMemory memory) {
        Object applicationId = config.kafka().get(StreamsConfig.APPLICATION_ID_CONFIG);
        if (applicationId == null || config.kafka().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG) == null) {
            throw new ConfigException(StreamsConfig.APPLICATION_ID_CONFIG + " and "
                    + StreamsConfig.BOOTSTRAP_SERVERS_CONFIG + " must be set");
        }
        Map<String, Object> properties = StreamSettings.defaults();
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, config.deadLetterTopic());
        // A record without a timestamp is processed like any other; Kafka's extractors would stop the stream.
        properties.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, AnyTimestamp.class);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        properties.putAll(memory.storeSettings());
        if (!config.kafka().containsKey(ProducerConfig.LINGER_MS_CONFIG)) {
            properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), LINGER_MS);
        }
        properties.putAll(config.kafka());
        Logins.check(properties);
        return StreamSettings.withFetchedRecords(properties, fetched);
    }
}
