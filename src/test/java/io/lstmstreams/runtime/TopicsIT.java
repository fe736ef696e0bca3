package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An input topic that does not exist, on brokers that create topics automatically and on others. */
class TopicsIT {
    @TempDir
    Path data;

    private static int prepare(EmbeddedBroker broker) {
        Map<String, String> config = Map.of("application.id", "app", "bootstrap.servers", broker.bootstrapServers());
        return Topics.prepare(new StreamsConfig(config), "events", Set.of("results"));
    }

    @Test
    void shouldUseAnInputTopicThatTheBrokerCreatesAutomatically() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, data, Map.of("num.partitions", 3))) {
            // When
            int partitions = prepare(broker);

            // Then
            Broker client = new Broker(broker.bootstrapServers());
            assertThat(partitions).isEqualTo(3);
            assertThat(client.partitions("events")).isEqualTo(3);
            assertThat(client.partitions("results")).isEqualTo(3);
        }
    }

    @Test
    void shouldReportAMissingInputTopicInOneLineAndCreateNothing() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, data, Map.of("auto.create.topics.enable", false))) {
            assertThatThrownBy(() -> prepare(broker))
                    .isInstanceOf(ApplicationException.class)
                    .hasMessage("the input topic events does not exist");
            assertThat(new Broker(broker.bootstrapServers()).topics()).isEmpty();
        }
    }
}
