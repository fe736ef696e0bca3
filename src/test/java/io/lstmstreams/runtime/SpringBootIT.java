package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import example.Application;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.waiting.ProgressTimeout;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** The example of Spring Boot on a broker that creates no topics by itself. */
class SpringBootIT {
    @TempDir
    Path directory;

    private static ProducerRecord<byte[], byte[]> event(String value) {
        return new ProducerRecord<>("events", "blk_1".getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    @Test
    void shouldScoreEventsSendDeadLettersAndReportHealthAndMetrics() throws Exception {
        try (EmbeddedBroker embedded = EmbeddedBroker.start(
                        0, directory.resolve("broker"), Map.of("auto.create.topics.enable", false));
                ConfigurableApplicationContext application = SpringApplication.run(
                        Application.class,
                        "--spring.kafka.bootstrap-servers=" + embedded.bootstrapServers(),
                        "--spring.kafka.streams.state-dir=" + directory.resolve("states"),
                        "--spring.main.banner-mode=off")) {
            Broker broker = new Broker(embedded.bootstrapServers());
            HealthIndicator health = application.getBean("lstmHealthIndicator", HealthIndicator.class);

            // When
            broker.send(List.of(event("{\"event\":\"E5\"}"), event("not JSON"), event("{\"event\":\"E20\"}")));

            // Then
            assertThat(values(broker.read("results", found -> found.size() == 2)))
                    .satisfiesExactly(
                            first -> assertThat(first).contains("\"step\":1"),
                            second -> assertThat(second).contains("\"step\":2").contains("\"anomalous\":true"));
            assertThat(values(broker.read("my-model-dead-letters", found -> found.size() == 1)))
                    .containsExactly("not JSON");
            ProgressTimeout.await(
                    "the stream is healthy", () -> health.health().getStatus().equals(Status.UP));
            assertThat(application
                            .getBean(MeterRegistry.class)
                            .get("lstm.steps")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
    }
}
