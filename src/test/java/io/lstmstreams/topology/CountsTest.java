package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.metrics.StreamMetrics.Cause;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The counts of records. */
class CountsTest {
    private final Model model = TinyModels.events();
    private DrivenTopology topology = new DrivenTopology(model, Map.of());

    @AfterEach
    void close() {
        topology.close();
    }

    private void given(Map<String, String> config) {
        topology.close();
        topology = new DrivenTopology(model, config);
    }

    private long live() {
        topology.passTime(Duration.ofMillis(2 * IdleScan.TICK_MS)); // the scan that counts
        return topology.metrics().live().sum();
    }

    @Test
    @Tag("newer-kafka")
    void shouldCountEachDeadLetterByItsReason() {
        // Given
        given(Map.of("lstm.sequence.late", "dead-letter"));
        topology.sendAt(DrivenTopology.START.toEpochMilli() + 10, "a", event("open"));

        // When
        topology.send("a", event("open")); // earlier
        topology.send("a", event("no such event"));
        topology.send("a", "no json");
        topology.send(null, event("open").getBytes(UTF_8), headers());

        // Then
        assertThat(topology.read("dead-letters")).hasSize(4);
        assertThat(topology.metrics().deadLetters().sum()).isEqualTo(4);
        assertThat(Reason.values())
                .filteredOn(reason -> topology.metrics().deadLetters().sum(reason) > 0)
                .allMatch(reason -> topology.metrics().deadLetters().sum(reason) == 1)
                .containsExactly(Reason.MALFORMED, Reason.NO_SEQUENCE, Reason.UNKNOWN_EVENT, Reason.LATE);
    }

    @Test
    void shouldCountADamagedStateAsASeparateReason() {
        topology.send("a", event("open"));
        byte[] damaged = topology.stored("a").clone();
        damaged[damaged.length / 2] ^= 1;
        topology.store().put(Bytes.wrap("a".getBytes(UTF_8)), damaged);

        topology.send("a", event("open"));

        assertThat(topology.metrics().deadLetters().sum(Reason.DAMAGED_STATE)).isOne();
        assertThat(topology.metrics().statesUnreadable().sum()).isOne();
        assertThat(live()).isZero();
    }

    @Test
    void shouldCountEndsByTheirCause() {
        // Given
        given(Map.of("lstm.sequence.max.steps", "2", "lstm.sequence.idle.timeout.ms", "60000"));

        // When
        topology.send("ended", event("open"));
        topology.send("ended", null);
        topology.send("full", event("open"));
        topology.send("full", event("read"));
        topology.send("idle", event("open"));
        topology.passTime(Duration.ofMinutes(2));

        // Then
        assertThat(topology.metrics().started().sum()).isEqualTo(3);
        assertThat(Cause.values()).allMatch(cause -> topology.metrics().ended().sum(cause) == 1);
        assertThat(live()).isZero();
    }

    @Test
    void shouldCountLiveSequencesFromTheFirstScanOn() {
        // Given
        topology.send("a", event("open"));
        topology.send("b", event("open"));

        // When, Then
        assertThat(live()).isEqualTo(2);
        topology.send("c", event("open"));
        topology.send("a", event("read"));
        assertThat(topology.metrics().live().sum()).isEqualTo(3);
        topology.send("b", null);
        topology.send("b", null); // the sequence does not exist any more
        assertThat(topology.metrics().live().sum()).isEqualTo(2);
    }

    @Test
    void shouldEndNothingWithoutAnIdleTimeout() {
        topology.sendAt(0, "a", event("open"));

        topology.passTime(Duration.ofDays(4000));

        assertThat(live()).isOne();
        assertThat(topology.verdicts()).isEmpty();
    }

    @Test
    void shouldSubtractTheSequencesOfAClosedTask() {
        topology.send("a", event("open"));
        assertThat(live()).isOne();

        topology.close();

        assertThat(topology.metrics().live().sum()).isZero();
        topology = new DrivenTopology(model, Map.of());
    }

    @Test
    void shouldMeasureTheTimeFromEventToResultAndTheSurprise() {
        topology.send("a", event("open"));
        topology.send("a", event("read"));

        assertThat(topology.metrics().eventToResultSeconds().count()).isEqualTo(2);
        assertThat(topology.metrics().surpriseNats().count()).isOne(); // the first event has no prediction
        assertThat(topology.metrics().surpriseNats().sum()).isPositive().isFinite();
        assertThat(topology.metrics().stepSeconds().count()).isOne(); // one in sixteen
    }

    @Test
    void shouldShowAllCountsAmongThoseOfKafkaStreams() {
        // When
        topology.send("a", event("open"));
        topology.send("a", event("no such event"));

        // Then
        Map<String, Double> shown = topology.kafkaMetrics().entrySet().stream()
                .filter(metric -> metric.getKey().group().equals("stream-lstm-metrics"))
                .collect(Collectors.toMap(
                        metric -> nameOf(metric.getKey()),
                        metric -> ((Number) metric.getValue().metricValue()).doubleValue()));
        assertThat(shown)
                .containsEntry("steps-total", 1.0)
                .containsEntry("dead-letters-total[reason=unknown-event]", 1.0)
                .containsEntry("dead-letters-total[reason=late]", 0.0)
                .containsEntry("step-seconds-count", 1.0)
                .hasSize(topology.metrics().readings().size()
                        + 2 * topology.metrics().histograms().size());
        assertThat(topology.metrics().readings()).extracting(Reading::help).noneMatch(String::isBlank);
    }

    private static String nameOf(MetricName metric) {
        Map<String, String> labels = new TreeMap<>(metric.tags());
        labels.remove("client-id");
        assertThat(labels.remove("store")).isEqualTo("recurrent-state");
        return metric.name()
                + (labels.isEmpty() ? "" : labels.toString().replace('{', '[').replace('}', ']'));
    }

    @Test
    @Tag("newer-kafka")
    void shouldCopyTheTraceContextToARecordsOutput() {
        // Given
        String context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        String end = "00-4bf92f3577b34da6a3ce929d0e0e4736-53995c3f42cd8ad8-01";

        // When
        topology.send("a", event("open"), headers("traceparent", context, "tracestate", "vendor=1"));
        topology.send("a", event("no such event"), headers("traceparent", context));
        topology.send("a", null, headers("traceparent", end));

        // Then
        assertThat(topology.readRecords("results")).singleElement().satisfies(result -> {
            assertThat(header(result, "traceparent")).isEqualTo(context);
            assertThat(header(result, "tracestate")).isEqualTo("vendor=1");
        });
        assertThat(topology.readRecords("dead-letters"))
                .singleElement()
                .satisfies(letter -> assertThat(header(letter, "traceparent")).isEqualTo(context));
        assertThat(topology.readRecords("verdicts"))
                .singleElement()
                .satisfies(verdict -> assertThat(header(verdict, "traceparent")).isEqualTo(end));
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
