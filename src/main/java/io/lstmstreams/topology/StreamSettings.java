package io.lstmstreams.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import org.apiguardian.api.API;

/**
 * The settings of Kafka Streams for a topology with recurrent models.
 *
 * <pre>{@code
 * properties.putAll(StreamSettings.defaults());
 * }</pre>
 */
@API(status = API.Status.STABLE)
public final class StreamSettings {
    private StreamSettings() {}

    /**
     * Returns the settings that every topology with a recurrent model should have: exactly-once processing, and the
     * handlers of records that cannot be processed or sent. The map is new, and the caller may change it.
     */
    @SuppressWarnings("deprecation") // the key of the global handler goes with Kafka 5.0
    public static Map<String, Object> defaults() {
        Map<String, Object> settings = new HashMap<>();
        // A step is not idempotent: a record that is processed twice advances its sequence twice.
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        // Kafka's own handler sends dead letters from the producer's network thread, and waits for the same thread.
        settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, SendFailureHandler.class);
        // The default of Kafka 5.0. Without these keys Kafka warns at each start, from 4.3 on. The second one is for
        // the assignor of partitions, which reads the settings of the main consumer only.
        String global = StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG;
        if (StreamsConfig.configDef().names().contains(global)) {
            settings.put(global, true);
            settings.put(StreamsConfig.mainConsumerPrefix(global), true);
        }
        return settings;
    }

    /**
     * Returns settings with the interceptor that hands over fetched records, for
     * {@link LstmProcessorSupplier.Builder#lookAhead}. The interceptor comes after those of the given settings, so that
     * it receives their results. The map is new, and the caller may change it.
     *
     * @param settings the other settings of Kafka Streams
     */
    public static Map<String, Object> withFetchedRecords(Map<String, ?> settings, FetchedRecords fetched) {
        List<Object> interceptors = new ArrayList<>();
        Stream.of(
                        StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                        StreamsConfig.consumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG),
                        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG)
                .map(settings::get)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(given -> interceptors.addAll(
                        (List<?>) ConfigDef.parseType("interceptor.classes", given, ConfigDef.Type.LIST)));
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(fetched.consumerSettings(interceptors));
        return all;
    }
}
