package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.topology.DeadLetterHandler;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/** What Kafka Streams is configured with: our defaults, and the user's keys over them. */
final class KafkaProperties {
    private static final long CACHE_BYTES = 64L << 20;

    private KafkaProperties() {}

    static Map<String, Object> of(LstmStreamsConfig config) {
        Object applicationId = config.kafka().get(StreamsConfig.APPLICATION_ID_CONFIG);
        if (applicationId == null || config.kafka().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG) == null) {
            throw new ConfigException(StreamsConfig.APPLICATION_ID_CONFIG + " and "
                    + StreamsConfig.BOOTSTRAP_SERVERS_CONFIG + " must be set");
        }
        Map<String, Object> properties = new HashMap<>();
        // A step is not idempotent: a record that is processed twice moves its state twice.
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, applicationId + "-dead-letters");
        // Kafka's default from 5.0 on, without which it warns at each start. Nothing here is global. The second one
        // is for the assignor of partitions, which knows the main consumer's settings only.
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        properties.put(
                StreamsConfig.mainConsumerPrefix(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG),
                true);
        // A record without a timestamp is stepped like any other; Kafka's extractors would stop the stream.
        properties.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, AnyTimestamp.class);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        properties.putAll(config.kafka());
        return properties;
    }
}
