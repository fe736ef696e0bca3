package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.demo.Demo;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.waiting.ProgressTimeout;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of an application for Prometheus and JMX, compared with the documentation. */
class MetricsIT {
    private static final Path PAGE = Path.of("src", "docs", "metrics.md");
    private static final Pattern ROW = Pattern.compile("^\\| `(lstm_[a-z_]+)`", Pattern.MULTILINE);
    private static final Pattern FAMILY = Pattern.compile("^# TYPE (lstm_[a-z_]+) ", Pattern.MULTILINE);

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static LstmStreamsConfig config(EmbeddedBroker broker, Path state) {
        return LstmStreamsConfig.of(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "application.id", "measured",
                        "state.dir", state.toString(),
                        "lstm.model", Demo.class.getResource("hdfs.safetensors").toString(),
                        "lstm.input.topic", "events",
                        "lstm.output.topic", "results",
                        "lstm.verdict.topic", "verdicts",
                        "lstm.http.port", "0"),
                Map.of());
    }

    /** Sends the events of three sequences, one of which ends, and a record that cannot be processed. */
    private static void send(EmbeddedBroker broker) {
        Map<String, Object> to = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(to, new StringSerializer(), new StringSerializer())) {
            for (String sequence : List.of("a", "b", "c")) {
                producer.send(new ProducerRecord<>("events", sequence, "{\"event\":\"E5\"}"));
                producer.send(new ProducerRecord<>("events", sequence, "{\"event\":\"E22\"}"));
            }
            producer.send(new ProducerRecord<>("events", "a", "no json"));
            producer.send(new ProducerRecord<>("events", "a", null));
        }
    }

    private static String metrics(ApplicationServer server) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(server.address().resolve("/metrics")).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        return answer.body();
    }

    /** Returns the metrics when they contain these lines. No value may be NaN. */
    private static String awaitMetrics(ApplicationServer server, String... lines) throws Exception {
        ProgressTimeout.await(
                "metrics " + List.of(lines),
                () -> metrics(server).lines().toList().containsAll(List.of(lines)));
        String shown = metrics(server);
        assertThat(shown.lines()).contains(lines);
        assertThat(shown.lines().filter(line -> line.startsWith("lstm_"))).noneMatch(line -> line.endsWith("NaN"));
        return shown;
    }

    @Test
    void shouldShowTheDocumentedMetricsToPrometheusAndJmx(@TempDir Path data) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, data.resolve("broker"), Map.of("num.partitions", 2))) {
            LstmStreamsConfig config = config(broker, data.resolve("state"));

            // Given an application that starts: its server answers already
            try (ApplicationServer server = ApplicationServer.start(config)) {
                assertThat(metrics(server)).contains("jvm_memory_used_bytes").doesNotContain("lstm_steps_total");
                try (LstmApplication application = LstmApplication.start(config)) {
                    server.serve(application);
                    application.awaitRunning(ProgressTimeout.LIMIT);

                    // When
                    send(broker);

                    // Then
                    String shown = awaitMetrics(
                            server,
                            "lstm_steps_total 6.0",
                            "lstm_sequences_started_total 3.0",
                            "lstm_sequences_ended_total{cause=\"end-record\"} 1.0",
                            "lstm_sequences_live 2.0",
                            "lstm_dead_letters_total{reason=\"malformed\"} 1.0",
                            "lstm_surprise_nats_count 3",
                            "lstm_event_to_result_seconds_count 6",
                            "lstm_restore_records_remaining 0.0",
                            "lstm_stream_running 1.0");
                    assertThat(shown)
                            .containsPattern("lstm_state_bytes [1-9]")
                            .containsPattern("lstm_model_info\\{fingerprint=\"[0-9a-f]{16}\",kernel=\"[a-z]+\","
                                    + "model=\"\",name=\"hdfs\"} 1")
                            .contains(
                                    "kafka_consumer_fetch_manager_records_lag_max{",
                                    "kafka_stream_thread_process_total{");
                    assertThat(names(FAMILY, shown)).isEqualTo(names(ROW, Files.readString(PAGE)));
                    assertThat(attribute("", "steps-total")).isEqualTo(6.0);
                    assertThat(attribute(",reason=malformed", "dead-letters-total"))
                            .isEqualTo(1.0);
                }
                awaitMetrics(server, "lstm_stream_running 0.0");
            }

            // When another instance takes over the rest
            try (ApplicationServer server = ApplicationServer.start(config);
                    LstmApplication application = LstmApplication.start(config)) {
                server.serve(application);

                // Then
                awaitMetrics(server, "lstm_sequences_live 2.0", "lstm_steps_total 0.0", "lstm_stream_running 1.0");
            }
        }
    }

    private static Object attribute(String label, String name) throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        Set<ObjectName> found = beans.queryNames(
                new ObjectName(
                        "kafka.streams:type=stream-lstm-metrics,client-id=measured-*,store=recurrent-state" + label),
                null);
        assertThat(found).hasSize(1);
        return beans.getAttribute(found.iterator().next(), name);
    }
}
