package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events of a sequence that are not in the order of their timestamps. */
class LateEventTest {
    private static final long T = DrivenTopology.START.toEpochMilli();

    private final Model model = TinyModels.events();

    private DrivenTopology topology(String policy) {
        return new DrivenTopology(model, Map.of("lstm.sequence.late", policy));
    }

    private static void send(DrivenTopology topology, long time, String value, String... headers) {
        byte[] bytes = value == null ? null : value.getBytes(UTF_8);
        topology.send(new TestRecord<>("a".getBytes(UTF_8), bytes, headers(headers), time));
    }

    @ParameterizedTest
    @CsvSource({"process,3,0,0", "drop,2,0,1", "dead-letter,2,1,1"})
    @Tag("newer-kafka")
    void shouldProcessSkipOrRefuseALateEvent(String policy, int results, int deadLetters, long counted) {
        try (DrivenTopology topology = topology(policy)) {
            // When
            send(topology, T + 10, event("open"));
            send(topology, T + 7, event("read"));
            send(topology, T + 11, event("close"));

            // Then
            assertThat(topology.results()).hasSize(results);
            assertThat(topology.metrics().steps().sum()).isEqualTo(results);
            assertThat(topology.metrics().lateEvents().sum()).isEqualTo(counted);
            assertThat(topology.metrics().deadLetters().sum()).isEqualTo(deadLetters);
            List<TestRecord<byte[], byte[]>> dead = topology.readRecords("dead-letters");
            assertThat(dead).hasSize(deadLetters).allSatisfy(record -> {
                assertThat(record.value()).isEqualTo(event("read").getBytes(UTF_8));
                assertThat(record.headers()
                                .lastHeader("__streams.errors.message")
                                .value())
                        .asString(UTF_8)
                        .contains("the event is 3 ms older than the latest event of its sequence");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "dead-letter"})
    void shouldWriteTheResultsWithoutTheLateEvent(String policy) {
        try (DrivenTopology topology = topology(policy);
                DrivenTopology without = topology(policy)) {
            // When
            send(topology, T + 10, event("open"));
            send(topology, T + 7, event("read"));
            send(topology, T + 10, event("close")); // not late: at the same time
            send(topology, T + 12, null);
            send(without, T + 10, event("open"));
            send(without, T + 10, event("close"));
            send(without, T + 12, null);

            // Then
            assertThat(topology.results()).hasSize(2).isEqualTo(without.results());
            assertThat(topology.verdicts()).hasSize(1).isEqualTo(without.verdicts());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "dead-letter"})
    void shouldAcceptAnEndAndAStartAtAnyTime(String policy) {
        try (DrivenTopology topology = topology(policy)) {
            // When
            send(topology, T + 10, event("open"));
            send(topology, T + 7, null);
            send(topology, T + 5, event("open")); // a new sequence
            send(topology, T + 3, event("open"), "lstm.sequence", "start"); // and one more
            send(topology, T + 4, event("close"));

            // Then
            assertThat(topology.results()).hasSize(4).last().asString().contains("\"step\":2");
            assertThat(topology.verdicts()).hasSize(1).first().asString().contains("\"steps\":1");
            assertThat(topology.metrics().lateEvents().sum()).isZero();
        }
    }

    @Test
    void shouldProcessTheEndBesideASkippedEvent() {
        try (DrivenTopology topology = topology("drop")) {
            // When
            send(topology, T + 10, event("open"));
            send(topology, T + 7, "{\"event\":\"read\",\"end\":true}");

            // Then
            assertThat(topology.results()).hasSize(1);
            assertThat(topology.verdicts()).hasSize(1).first().asString().contains("\"steps\":1");
            assertThat(topology.stored("a")).isNull();
        }
    }

    @Test
    void shouldKeepTheSequenceLiveAfterARefusedEvent() {
        try (DrivenTopology topology = topology("dead-letter")) {
            // When
            send(topology, T + 10, event("open"));
            send(topology, T + 7, "{\"event\":\"read\",\"end\":true}");

            // Then
            assertThat(topology.verdicts()).isEmpty();
            assertThat(topology.stored("a")).isNotNull();
        }
    }
}
