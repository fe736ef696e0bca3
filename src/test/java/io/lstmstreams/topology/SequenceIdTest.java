package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.Verdict.Ended;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceIdTest {
    private final Model model = TinyModels.events();
    private final Reference reference = new Reference(model);

    @Test
    void shouldReadTheSequenceFromAHeader() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "header:block"))) {
            // When records with any key, or none, name their sequence in a header
            long first = topology.send("k1", "{\"event\":\"open\"}", headers("block", "b7", "trace", "t"));
            long second = topology.send("k2", "{\"event\":\"read\"}", headers("block", "b8"));
            long third = topology.send(null, "{\"event\":\"write\"}", headers("block", "b7"));
            topology.send("k1", null, headers("block", "b7"));

            // Then
            List<TestRecord<byte[], byte[]>> results = topology.readRecords("results");
            assertThat(results)
                    .extracting(result -> new String(result.value(), UTF_8))
                    .containsExactly(
                            reference.step("b7", first, "open"),
                            reference.step("b8", second, "read"),
                            reference.step("b7", third, "write"));
            assertThat(results)
                    .extracting(result -> new String(result.key(), UTF_8))
                    .containsExactly("b7", "b8", "b7");
            assertThat(results.get(0).headers()).isEqualTo(headers("block", "b7", "trace", "t"));
            assertThat(topology.verdicts()).containsExactly(reference.end("b7", Ended.END_RECORD));
        }
    }

    @Test
    void shouldPartitionByAHeaderThroughARepartitionTopic() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "header:block"))) {
            // When
            topology.send("k1", "{\"event\":\"open\"}", headers("block", "b7"));

            // Then
            assertThat(topology.producedTopics())
                    .containsExactlyInAnyOrder(DrivenTopology.REPARTITION, DrivenTopology.CHANGELOG, "results");
            TestRecord<byte[], byte[]> record =
                    topology.readRecords(DrivenTopology.REPARTITION).get(0);
            assertThat(record.key()).isEqualTo("b7".getBytes(UTF_8));
            assertThat(record.value()).isEqualTo("{\"event\":\"open\"}".getBytes(UTF_8));
        }
    }

    @Test
    void shouldNotPartitionAgainByTheKey() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "key"))) {
            topology.send("a", "{\"event\":\"open\"}");

            assertThat(topology.producedTopics()).containsExactlyInAnyOrder(DrivenTopology.CHANGELOG, "results");
        }
    }

    @Test
    void shouldReadTheSequenceFromAField() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "field:/block/id"))) {
            // When
            long first = topology.send("k", "{\"block\":{\"id\":\"blk_-160\"},\"event\":\"open\"}");
            long second = topology.send("k", "{\"block\":{\"id\":-161},\"event\":\"read\"}");
            long third = topology.send("k", "{\"block\":{\"id\":\"blk_-160\"},\"event\":\"write\"}");
            topology.send("k", "{\"block\":{\"id\":-161},\"end\":true}");

            // Then
            assertThat(topology.results())
                    .containsExactly(
                            reference.step("blk_-160", first, "open"),
                            reference.step("-161", second, "read"),
                            reference.step("blk_-160", third, "write"));
            assertThat(topology.verdicts()).containsExactly(reference.end("-161", Ended.END_RECORD));
        }
    }

    @Test
    void shouldCopyStartAndEndThroughTheRepartitionTopic() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "field:/id"))) {
            // Given
            topology.send("k", "{\"id\":\"a\",\"event\":\"open\"}");
            topology.results();

            // When
            long start = topology.send("k", "{\"id\":\"a\",\"event\":\"read\"}", headers("lstm.sequence", "start"));
            long end = topology.send("k", "{\"id\":\"a\",\"event\":\"close\"}", headers("lstm.sequence", "end"));

            // Then
            assertThat(topology.results())
                    .containsExactly(reference.step("a", start, "read"), reference.step("a", end, "close"));
            assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        }
    }

    @Test
    void shouldCountEachRecordOnceAcrossTheRepartitionTopic() {
        try (DrivenTopology topology =
                new DrivenTopology(model, Map.of("lstm.sequence.id", "header:block", "lstm.unknown.event", "skip"))) {
            // When
            topology.send("k", "{\"event\":\"open\"}", headers("block", "b"));
            topology.send("k", "{\"event\":\"unheard-of\"}", headers("block", "b"));
            topology.send("k", "{}", headers("block", "b"));

            // Then
            assertThat(topology.metrics().steps().sum()).isEqualTo(1);
            assertThat(topology.metrics().unknownEvents().sum()).isEqualTo(1);
            assertThat(topology.metrics().deadLetters().sum()).isEqualTo(1);
        }
    }

    @Test
    void shouldCountUnknownEventsThatAreRefusedBeforeTheRepartitionTopic() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "header:block"))) {
            topology.send("k", "{\"event\":\"unheard-of\"}", headers("block", "b"));

            assertThat(topology.metrics().unknownEvents().sum()).isEqualTo(1);
            assertThat(topology.metrics().deadLetters().sum()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"read\"}", // no field
                "{\"id\":null,\"event\":\"read\"}",
                "{\"id\":1.5,\"event\":\"read\"}",
                "{\"id\":[\"a\"],\"event\":\"read\"}",
                "{\"id\":\"a\"}", // no event
                "{\"id\":\"a\",\"event\":\"unheard-of\"}",
                "{\"id\":\"\\ud800\",\"event\":\"read\"}", // half of a surrogate pair
                "{\"id\":\"a\\udfff\",\"event\":\"read\"}",
                "not JSON"
            })
    @Tag("newer-kafka")
    void shouldSendABadRecordAsItCameToTheDeadLettersBeforePartitioning(String bad) {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "field:/id"))) {
            // When
            topology.send("original key", bad, headers("trace", "t"));

            // Then
            TestRecord<byte[], byte[]> letter =
                    topology.readRecords("dead-letters").get(0);
            assertThat(new String(letter.key(), UTF_8)).isEqualTo("original key");
            assertThat(new String(letter.value(), UTF_8)).isEqualTo(bad);
            assertThat(new String(
                            letter.headers()
                                    .lastHeader("__streams.errors.topic")
                                    .value(),
                            UTF_8))
                    .isEqualTo("events");
            assertThat(letter.headers().lastHeader("trace").value()).isEqualTo("t".getBytes(UTF_8));
            assertThat(topology.producedTopics()).containsExactly("dead-letters");
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldRefuseARecordWithoutTheHeaderOrTheValueThatNamesItsSequence() {
        try (DrivenTopology byHeader = new DrivenTopology(model, Map.of("lstm.sequence.id", "header:block"));
                DrivenTopology byField = new DrivenTopology(model, Map.of("lstm.sequence.id", "field:/id"))) {
            byHeader.send("k", "{\"event\":\"read\"}", headers("other", "b"));
            byField.send("k", null);

            assertThat(byHeader.readRecords("dead-letters")).hasSize(1);
            assertThat(byField.readRecords("dead-letters")).hasSize(1);
        }
    }
}
