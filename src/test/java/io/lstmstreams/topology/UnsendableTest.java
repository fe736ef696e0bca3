package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.topology.LstmTopology.Shadow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose output a topic would refuse: the record is one dead letter, and nothing has changed. */
@Tag("newer-kafka")
class UnsendableTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final Headers LARGE = headers("blob", "x".repeat(2_000));

    private final Model model = TinyModels.events();

    private static TopicLimits bytes(int maxBytes) {
        return new TopicLimits(maxBytes, "max.message.bytes", Long.MAX_VALUE, Long.MAX_VALUE, false);
    }

    private static TopicLimits time(long before, long after) {
        return new TopicLimits(Integer.MAX_VALUE, "max.message.bytes", before, after, false);
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader("__streams.errors." + name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Test
    void shouldRefuseAResultThatIsTooLargeAndLeaveTheStateAlone() {
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // Given
            topology.limits().set("results", bytes(2_000));
            reference.step("a", topology.send("a", event("open")), "open");
            topology.results();
            byte[] before = topology.stored("a");
            long steps = topology.metrics().steps().sum();

            // When
            topology.send("a", event("read"), LARGE);

            // Then
            TestRecord<byte[], byte[]> letter =
                    topology.readRecords("dead-letters").get(0);
            assertThat(header(letter, "message"))
                    .startsWith("the result has ")
                    .endsWith("but must have at most 2000 for topic results (max.message.bytes)");
            assertThat(letter.value()).isEqualTo(event("read").getBytes(UTF_8));
            assertThat(letter.headers().lastHeader("blob")).isNotNull();
            assertThat(topology.results()).isEmpty();
            assertThat(topology.stored("a")).isEqualTo(before);
            assertThat(topology.metrics().steps().sum()).isEqualTo(steps);
            assertThat(topology.metrics().deadLetters().sum(Reason.TOO_LARGE)).isOne();

            // And the sequence continues as without the record
            long next = topology.send("a", event("write"));
            assertThat(topology.results()).containsExactly(reference.step("a", next, "write"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"results", "verdicts"})
    void shouldSendNoPartOfARefusedRecordsOutput(String small) {
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // Given
            topology.limits().set(small, bytes(2_000));
            reference.step("a", topology.send("a", event("open")), "open");
            topology.results();

            // When
            topology.send("a", "{\"event\":\"read\",\"end\":true}", LARGE);

            // Then
            assertThat(topology.results()).isEmpty();
            assertThat(topology.verdicts()).isEmpty();
            assertThat(topology.readRecords("dead-letters")).hasSize(1);
            assertThat(topology.metrics().ended().sum()).isZero();

            // And it can still end
            long last = topology.send("a", "{\"event\":\"read\",\"end\":true}");
            assertThat(topology.results()).containsExactly(reference.step("a", last, "read"));
            assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        }
    }

    @Test
    void shouldNotEndASequenceByATombstoneWhoseVerdictIsTooLarge() {
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            topology.limits().set("verdicts", bytes(2_000));
            reference.step("a", topology.send("a", event("open")), "open");

            topology.send("a", null, LARGE);

            assertThat(topology.verdicts()).isEmpty();
            assertThat(topology.readRecords("dead-letters")).hasSize(1);
            assertThat(topology.stored("a")).isNotNull();
            topology.send("a", null);
            assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        }
    }

    @Test
    void shouldRefuseAStateThatIsTooLargeForItsChangelog() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            topology.limits().set(DrivenTopology.CHANGELOG, bytes(300));

            topology.send("a", event("open"));
            topology.send("a".repeat(200), event("open"));

            assertThat(topology.results()).hasSize(1);
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters).hasSize(1);
            assertThat(header(letters.get(0), "message")).startsWith("the state has ");
            assertThat(topology.changes()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "results,7200000",
        "results,9223372036854775807",
        "results,-7200000",
        "verdicts,7200000",
        "app-recurrent-state-changelog,7200000",
        "app-recurrent-state-changelog,-9223372036854775808"
    })
    void shouldRefuseATimestampThatATopicRefuses(String topic, long offset) {
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // Given
            topology.limits().set(topic, time(HOUR, HOUR));
            long start = DrivenTopology.START.toEpochMilli();
            reference.step("a", topology.send("a", event("open")), "open");
            topology.results();
            long timestamp = offset == Long.MIN_VALUE ? 0 : offset == Long.MAX_VALUE ? offset : start + offset;

            // When
            topology.sendAt(timestamp, "a", event("read"));
            topology.sendAt(timestamp, "a", null);

            // Then
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters).hasSize(2);
            assertThat(letters.get(0).timestamp()).isEqualTo(timestamp);
            assertThat(header(letters.get(0), "message")).contains("the timestamp " + timestamp + " lies too far");
            assertThat(topology.metrics().deadLetters().sum(Reason.TIMESTAMP)).isEqualTo(2);
            assertThat(topology.results()).isEmpty();
            assertThat(topology.verdicts()).isEmpty();

            // And the sequence continues as without the records, with all times that the topic accepts
            for (long good : new long[] {start + HOUR / 2, start - HOUR / 2, start + 2}) {
                topology.sendAt(good, "a", event("write"));
                assertThat(topology.results()).containsExactly(reference.step("a", good, "write"));
            }
        }
    }

    @Test
    void shouldGiveADeadLetterTheCurrentTimeIfItsTopicRefusesTheRecords() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            topology.limits().set("dead-letters", time(Long.MAX_VALUE, HOUR));
            topology.limits().set("results", time(Long.MAX_VALUE, HOUR));

            topology.sendAt(Long.MAX_VALUE, "a", event("open"));

            TestRecord<byte[], byte[]> letter =
                    topology.readRecords("dead-letters").get(0);
            assertThat(letter.timestamp()).as("that of sending").isNull();
            assertThat(header(letter, "timestamp")).isEqualTo("9223372036854775807");
        }
    }

    @Test
    void shouldRefuseARecordThatIsTooLargeToBeRepartitioned() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "field:/id"))) {
            // Given
            topology.limits().set(DrivenTopology.REPARTITION, bytes(10_000));
            String value = "{\"event\":\"open\",\"id\":\"" + "i".repeat(6_000) + "\"}";

            // When
            topology.send("as-it-came", value);
            topology.send("as-it-came", "{\"event\":\"open\",\"id\":\"b\"}");

            // Then
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters).hasSize(1);
            assertThat(new String(letters.get(0).key(), UTF_8)).isEqualTo("as-it-came");
            assertThat(new String(letters.get(0).value(), UTF_8)).isEqualTo(value);
            assertThat(header(letters.get(0), "topic")).isEqualTo("events");
            assertThat(topology.results()).hasSize(1);
            assertThat(topology.metrics().deadLetters().sum(Reason.TOO_LARGE)).isOne();
        }
    }

    @Test
    void shouldRefuseRecordsThatTheProducerWouldRefuse() {
        Map<String, String> kafka = Map.of("producer.max.request.size", "3000");
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.id", "field:/id"), kafka)) {
            topology.send("k", "{\"event\":\"open\",\"id\":\"" + "i".repeat(2_000) + "\"}");

            TestRecord<byte[], byte[]> letter =
                    topology.readRecords("dead-letters").get(0);
            assertThat(header(letter, "message")).contains("at most 3000").endsWith("(max.request.size)");
        }
    }

    @Test
    void shouldCutADeadLetterToTheSizeThatFits() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // Given
            int limit = 5_000;
            topology.limits().set("dead-letters", bytes(limit));
            Headers headers = headers("small", "s", "blob", "x".repeat(6_000), "last", "l");
            byte[] value = "[".repeat(9_000).getBytes(UTF_8);

            // When
            topology.send("a".getBytes(UTF_8), value, headers);

            // Then
            TestRecord<byte[], byte[]> letter =
                    topology.readRecords("dead-letters").get(0);
            assertThat(RecordSize.ofBatch(letter.key(), letter.value(), letter.headers()))
                    .isBetween(limit - 300L, (long) limit);
            assertThat(letter.key()).isEqualTo("a".getBytes(UTF_8));
            assertThat(letter.headers().lastHeader("small")).isNotNull();
            assertThat(letter.headers().lastHeader("last")).isNotNull();
            assertThat(letter.headers().lastHeader("blob")).isNull();
            assertThat(new String(letter.value(), UTF_8)).matches("\\[{3000,}");
            assertThat(header(letter, "omitted"))
                    .isEqualTo("too large for the topic: 1 headers, the value from byte " + letter.value().length
                            + " of 9000");
            assertThat(header(letter, "offset")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {DeadLetter.MIN_LIMIT_BYTES, 1_500, 3_000, 40_000})
    void shouldKeepReasonAndOriginWithinAnyLimit(int limit) {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            topology.limits().set("dead-letters", bytes(limit));

            topology.send("k".repeat(30_000).getBytes(UTF_8), new byte[50_000], headers("blob", "x".repeat(30_000)));

            TestRecord<byte[], byte[]> letter =
                    topology.readRecords("dead-letters").get(0);
            assertThat(RecordSize.ofBatch(letter.key(), letter.value(), letter.headers()))
                    .isLessThanOrEqualTo(limit);
            assertThat(header(letter, "topic")).isEqualTo("events");
            assertThat(header(letter, "message")).isNotEmpty();
            assertThat(header(letter, "omitted")).contains("the value from byte");
            assertThat(letter.key() == null).isEqualTo(limit < 30_000);
        }
    }

    @Test
    void shouldGiveADeadLetterAKeyIfItsTopicRequiresOne() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            topology.limits()
                    .set(
                            "dead-letters",
                            new TopicLimits(1 << 20, "max.message.bytes", Long.MAX_VALUE, Long.MAX_VALUE, true));

            topology.send(null, event("open"));

            assertThat(topology.readRecords("dead-letters").get(0).key()).isEmpty();
        }
    }

    @Test
    void shouldWriteADeadLetterIfTheVerdictOfAnIdleSequenceCannotBeSent() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.sequence.idle.timeout.ms", "1000"))) {
            // Given
            topology.send("a", event("open"));
            topology.send("b".repeat(500), event("open"));
            topology.results();
            topology.limits().set("verdicts", bytes(600));

            // When
            topology.passTime(Duration.ofSeconds(2));
            topology.passTime(Duration.ofSeconds(2));

            // Then
            assertThat(topology.verdicts()).hasSize(1);
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters).hasSize(1);
            assertThat(new String(letters.get(0).key(), UTF_8)).isEqualTo("b".repeat(500));
            assertThat(header(letters.get(0), "message")).startsWith("the verdict has ");
            assertThat(topology.store().all().hasNext()).isFalse();
            assertThat(topology.metrics().live().sum()).isZero();
        }
    }

    @Test
    void shouldCountButNotSendRefusedOutputOfTheShadow() {
        // Given
        StreamMetrics shadowMetrics = new StreamMetrics();
        Models models = Models.only(ModelVersion.of(null, model, Kernels.named("scalar")));
        Models other = Models.only(ModelVersion.of(null, TinyModels.events(7), Kernels.named("scalar")));
        Map<String, String> settings = Map.of(
                "lstm.shadow.model",
                "other.safetensors",
                "lstm.shadow.output.topic",
                "shadow-results",
                "lstm.shadow.verdict.topic",
                "shadow-verdicts",
                "lstm.sequence.idle.timeout.ms",
                "1000");
        try (DrivenTopology topology = new DrivenTopology(models, new Shadow(other, shadowMetrics), settings)) {
            topology.send("a", event("open"));
            topology.limits().set("shadow-results", bytes(2_000));
            topology.limits().set("shadow-verdicts", bytes(100));

            // When
            topology.send("a", event("read"), LARGE);
            topology.passTime(Duration.ofSeconds(2));

            // Then
            assertThat(topology.results()).hasSize(2);
            assertThat(topology.verdicts()).hasSize(1);
            assertThat(topology.read("shadow-results")).hasSize(1);
            assertThat(topology.read("shadow-verdicts")).isEmpty();
            assertThat(topology.readRecords("dead-letters")).isEmpty();
            assertThat(shadowMetrics.deadLetters().sum(Reason.TOO_LARGE)).isEqualTo(2);
        }
    }

    @Test
    void shouldIgnorePrecomputedSteps() {
        // Given records that exist already, some of which cannot be sent
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.batch.size", "8"))) {
            topology.limits().set("results", bytes(2_000));
            long time = DrivenTopology.START.toEpochMilli();
            topology.send(record("z", "open", time, new RecordHeaders())); // which makes the partition known
            topology.results();
            List<TestRecord<byte[], byte[]>> records = List.of(
                    record("a", "open", time, new RecordHeaders()),
                    record("b", "open", time, LARGE),
                    record("c", "open", time, new RecordHeaders()),
                    record("b", "read", time, new RecordHeaders()),
                    record("a", "read", time, LARGE),
                    record("a", "write", time, new RecordHeaders()));
            topology.fetch(1, records);

            // When
            records.forEach(topology::send);

            // Then
            assertThat(topology.results())
                    .containsExactly(
                            reference.step("a", time, "open"),
                            reference.step("c", time, "open"),
                            reference.step("b", time, "read"),
                            reference.step("a", time, "write"));
            assertThat(topology.readRecords("dead-letters")).hasSize(2);
        }
    }

    private static TestRecord<byte[], byte[]> record(String key, String symbol, long time, Headers headers) {
        return new TestRecord<>(key.getBytes(UTF_8), event(symbol).getBytes(UTF_8), new RecordHeaders(headers), time);
    }
}
