package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.recurrent.RecentEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that arrive twice, because their producer does not know whether the first one arrived. */
class RepeatedEventTest {
    private static final long T = DrivenTopology.START.toEpochMilli();

    private final Model model = TinyModels.events();

    private DrivenTopology topology(String where) {
        return new DrivenTopology(model, Map.of("lstm.sequence.repeated", where));
    }

    private static TestRecord<byte[], byte[]> record(String key, String value, String id, long time) {
        Headers headers = id == null ? new RecordHeaders() : headers("id", id);
        return new TestRecord<>(key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8), headers, time);
    }

    @Test
    void shouldLeaveOutARecordWhoseIdWasThere() {
        try (DrivenTopology topology = topology("header:id")) {
            // When
            topology.send(record("a", event("open"), "1", T));
            topology.send(record("a", event("read"), "2", T + 1));
            topology.send(record("a", event("open"), "1", T + 2));
            topology.send(record("b", event("open"), "1", T + 3)); // of another sequence
            topology.send(record("a", event("read"), null, T + 4)); // without an id
            topology.send(record("a", event("close"), "3", T + 5));

            // Then
            Reference reference = new Reference(model);
            assertThat(topology.results())
                    .containsExactly(
                            reference.step("a", T, "open"),
                            reference.step("a", T + 1, "read"),
                            reference.step("b", T + 3, "open"),
                            reference.step("a", T + 4, "read"),
                            reference.step("a", T + 5, "close"));
            assertThat(topology.metrics().repeatedEvents().sum()).isEqualTo(1);
            assertThat(topology.metrics().deadLetters().sum()).isZero();
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldFindTheIdInAField() {
        try (DrivenTopology topology = topology("field:/id")) {
            // When
            topology.send("a", "{\"event\":\"open\",\"id\":7}");
            topology.send("a", "{\"event\":\"open\",\"id\":7}");
            topology.send("a", "{\"event\":\"open\",\"id\":\"8\"}");
            topology.send("a", "{\"event\":\"open\",\"id\":[]}");

            // Then
            assertThat(topology.results()).hasSize(2);
            assertThat(topology.metrics().repeatedEvents().sum()).isEqualTo(1);
            assertThat(topology.readRecords("dead-letters")).hasSize(1);
        }
    }

    /** A batch that is sent again also contains the end. */
    @ParameterizedTest
    @ValueSource(strings = {"with", "without"})
    void shouldRecogniseRepeatedEventsOfAnEndedSequence(String idOfEnd) {
        try (DrivenTopology topology = topology("header:id")) {
            // When
            for (int i = 0; i < 3; i++) {
                topology.send(record("a", event("open"), "1", T));
                topology.send(record("a", event("close"), "2", T + 1));
                topology.send(record("a", null, idOfEnd.equals("with") ? "3" : null, T + 2));
            }
            topology.send(record("a", event("open"), "4", T + 3)); // a sequence that returns

            // Then
            assertThat(topology.results()).hasSize(3).last().asString().contains("\"step\":1");
            assertThat(topology.verdicts()).hasSize(1);
            assertThat(topology.metrics().repeatedEvents().sum()).isEqualTo(idOfEnd.equals("with") ? 6 : 4);
        }
    }

    @Test
    void shouldNotRestartASequenceTwice() {
        try (DrivenTopology topology = topology("header:id")) {
            // When
            topology.send(record("a", event("open"), "1", T));
            Headers start = headers("id", "2", "lstm.sequence", "start");
            for (int i = 0; i < 2; i++) {
                topology.send(
                        new TestRecord<>("a".getBytes(UTF_8), event("open").getBytes(UTF_8), start, T + 1));
            }
            topology.send(record("a", event("close"), "3", T + 2));

            // Then
            assertThat(topology.results()).hasSize(3).last().asString().contains("\"step\":2");
        }
    }

    @Test
    void shouldDeleteTheIdsOfAnEndedSequenceAfterTenMinutes() {
        try (DrivenTopology topology = topology("header:id")) {
            // Given
            topology.send(record("a", event("open"), "1", T));
            topology.send(record("a", null, "2", T + 1));

            // When, Then
            topology.passTime(Duration.ofSeconds(599));
            assertThat(topology.stored("a")).isNotNull();
            topology.passTime(Duration.ofSeconds(2));
            assertThat(topology.stored("a")).isNull();
            assertThat(topology.verdicts()).hasSize(1);
        }
    }

    @Test
    void shouldRememberTheLastThirtyTwo() {
        try (DrivenTopology topology = topology("header:id")) {
            // Given
            for (int i = 0; i <= RecentEvents.CAPACITY; i++) {
                topology.send(record("a", event("open"), "id " + i, T + i));
            }

            // When
            topology.send(record("a", event("open"), "id 1", T + 100));
            topology.send(record("a", event("open"), "id 0", T + 101)); // forgotten

            // Then
            assertThat(topology.results()).hasSize(RecentEvents.CAPACITY + 2);
            assertThat(topology.metrics().repeatedEvents().sum()).isEqualTo(1);
        }
    }

    /** The results are the same however often records are repeated, with and without look-ahead. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldWriteTheResultsOfRecordsSentOnce(long seed) {
        // Given
        SplittableRandom random = new SplittableRandom(seed);
        List<TestRecord<byte[], byte[]>> once = new ArrayList<>();
        List<TestRecord<byte[], byte[]>> often = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            String value = random.nextInt(8) == 0 ? null : event(TinyModels.EVENTS.get(random.nextInt(5)));
            once.add(record("sequence " + random.nextInt(9), value, "id " + i, T + i));
            often.add(once.get(i));
            for (int again = random.nextInt(3); again > 0; again--) {
                often.add(once.get(Math.max(0, i - random.nextInt(12))));
            }
        }
        try (DrivenTopology expected = topology("header:id");
                DrivenTopology repeated = topology("header:id");
                DrivenTopology ahead = topology("header:id")) {
            // When
            once.forEach(expected::send);
            often.forEach(repeated::send);
            for (int i = 0; i < often.size(); i++) {
                if (i % 50 == 0) {
                    ahead.fetch(i, often.subList(i, Math.min(often.size(), i + 50)));
                }
                ahead.send(often.get(i));
            }

            // Then
            List<String> results = expected.results();
            List<String> verdicts = expected.verdicts();
            assertThat(repeated.results()).isEqualTo(results);
            assertThat(repeated.verdicts()).isEqualTo(verdicts);
            assertThat(ahead.results()).isEqualTo(results);
            assertThat(ahead.verdicts()).isEqualTo(verdicts);
            assertThat(repeated.metrics().repeatedEvents().sum()).isEqualTo(often.size() - once.size());
        }
    }
}
