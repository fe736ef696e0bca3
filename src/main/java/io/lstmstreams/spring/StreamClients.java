package io.lstmstreams.spring;

import io.lstmstreams.runtime.StreamHealth;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.springframework.kafka.config.StreamsBuilderFactoryBean.Listener;

/** The running Kafka Streams clients of the application, by the name of their factory. Safe for any number of threads. */
final class StreamClients {
    private final Map<String, Client> running = new ConcurrentSkipListMap<>();

    /** A client and its health, which is sampled until the client stops. */
    record Client(KafkaStreams streams, StreamHealth health) {}

    /** Returns a listener that adds and removes the clients of a factory. */
    Listener listener(StreamsConfig config) {
        return new Listener() {
            @Override
            public void streamsAdded(String id, KafkaStreams streams) {
                StreamHealth health = StreamHealth.of(streams, config);
                health.start();
                running.put(id, new Client(streams, health));
            }

            @Override
            public void streamsRemoved(String id, KafkaStreams streams) {
                Client removed = running.remove(id);
                if (removed != null) {
                    removed.health().close();
                }
            }
        };
    }

    /** Returns the clients, by the name of their factory. */
    Map<String, Client> running() {
        return running;
    }
}
