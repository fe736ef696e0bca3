package io.lstmstreams.spring;

import io.lstmstreams.topology.DeadLetterHandler;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.StreamSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.springframework.kafka.config.StreamsBuilderFactoryBeanConfigurer;

/**
 * Sets the settings of Kafka Streams that a topology with a recurrent model needs, unless the application sets them
 * itself, and observes the streams. Spring applies it to the default factory; an application with other factories
 * calls {@link #configure} for each of them.
 */
public final class LstmStreamsConfigurer implements StreamsBuilderFactoryBeanConfigurer {
    private static final String DEAD_LETTER_TOPIC = StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG;

    private final boolean looksAhead;
    private final FetchedRecords fetched;
    private final StreamClients clients;

    LstmStreamsConfigurer(boolean looksAhead, FetchedRecords fetched, StreamClients clients) {
        this.looksAhead = looksAhead;
        this.fetched = fetched;
        this.clients = clients;
    }

    @Override
    public void configure(StreamsBuilderFactoryBean factory) {
        Map<String, Object> settings = StreamSettings.defaults();
        Properties own = factory.getStreamsConfiguration();
        if (own != null) {
            own.forEach((key, value) -> settings.put(key.toString(), value));
            deadLetterTopic(own).ifPresent(topic -> settings.put(DEAD_LETTER_TOPIC, topic));
        }
        Properties all = new Properties();
        all.putAll(looksAhead ? StreamSettings.withFetchedRecords(settings, fetched) : settings);
        factory.setStreamsConfiguration(all);
        factory.addListener(clients.listener(new StreamsConfig(new HashMap<>(settings))));
    }

    /**
     * Returns the topic of dead letters: the configured one, or {@code <application.id>-dead-letters}. Returns empty if
     * its name is configured as blank, or if this version of Kafka sends no dead letters.
     *
     * @param own the application's own settings of Kafka Streams
     */
    static Optional<String> deadLetterTopic(Properties own) {
        Object configured = own.get(DEAD_LETTER_TOPIC);
        if (configured != null || !DeadLetterHandler.sendsDeadLetters()) {
            return Optional.ofNullable(configured).map(Object::toString).filter(topic -> !topic.isBlank());
        }
        return Optional.of(own.get(StreamsConfig.APPLICATION_ID_CONFIG) + "-dead-letters");
    }
}
