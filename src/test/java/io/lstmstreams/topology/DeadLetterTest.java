package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.output.Verdict.Ended;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("newer-kafka")
class DeadLetterTest {
    private static final HexFormat HEX = HexFormat.of();

    private final Model model = TinyModels.events();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // the end of a sequence is not an event, and a symbol outside of the vocabulary is unknown
                "json|{\"event\":\"<end>\"}",
                "json|{\"event\":5}",
                "json|{\"event\":\"unheard-of\"}",
                "json|{\"event\":6}",
                "json|{\"event\":-1}",
                "json|{\"event\":4294967296}",
                "json|{\"event\":123456789012345678901234567890}",
                "json|{\"event\":1.0}",
                "json|{\"event\":true}",
                "json|{\"event\":{}}",
                "json|{\"event\":null}",
                "json|{\"event\":[]}",
                "json|{\"event\":[0,1,0,0,0]}",
                "json|{\"event\":[0,1,0,0,0,0,0]}",
                "json|{\"event\":[0,1,1,0,0,0]}",
                "json|{\"event\":[0,0,0,0,0,0]}",
                "json|{\"event\":[0,0.5,0.5,0,0,0]}",
                "json|{\"event\":[0,\"1\",0,0,0,0]}",
                "json|{\"Event\":\"read\"}",
                "json|{\"event\":\"read\",\"event\":\"write\"}",
                "json|{\"event\":\"read\",\"end\":\"true\"}",
                "json|{\"event\":\"read\"} trailing",
                "json|{\"event\":\"read\"",
                "json|\"read\"",
                "json|plain",
                "json|` `",
                "json|``",
                "string|unheard-of",
                "string|``",
                "string|<end>",
                "int32|``",
                "int32|abc",
                "int32|abcde",
                "int32|abcd",
                "float32|``",
                "float32|abcdef",
                "float32|abcdabcd"
            })
    void shouldSendABadRecordToTheDeadLettersAndLeaveTheStateAlone(String format, String bad) {
        assertThatIsRefused(format, bad.getBytes(UTF_8));
    }

    @Test
    void shouldRefuseBytesThatAreNoText() {
        assertThatIsRefused("string", new byte[] {'r', (byte) 0xc3, 0x28});
        assertThatIsRefused("json", new byte[] {(byte) 0xff, 0, 1, 2});
    }

    @Test
    void shouldRefuseJsonThatIsTooDeepOrTooLongToRead() {
        assertThatIsRefused("json", "[".repeat(100_000).getBytes(UTF_8));
        assertThatIsRefused("json", ("{\"event\":" + "9".repeat(100_000) + "}").getBytes(UTF_8));
        assertThatIsRefused("json", "{\"event\":1e999999999}".getBytes(UTF_8));
        assertThatIsRefused("json", "{\"event\":[0,1e999999999,0,0,0,0]}".getBytes(UTF_8));
    }

    private void assertThatIsRefused(String format, byte[] bad) {
        Reference reference = new Reference(model);
        byte[] good = good(format);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.input.format", format))) {
            // Given
            byte[] key = {'a', 0, (byte) 0xff};
            topology.send(key, good, headers());
            reference.step("0x6100ff", DrivenTopology.START.toEpochMilli(), "read");
            byte[] stateBefore = topology.store().all().next().value;
            topology.results();

            // When
            long time = topology.send(key, bad, headers("trace", "t", "trace", "again"));

            // Then the dead letter has the unchanged record
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters).hasSize(1);
            assertThat(HEX.formatHex(letters.get(0).key())).isEqualTo("6100ff");
            assertThat(HEX.formatHex(letters.get(0).value())).isEqualTo(HEX.formatHex(bad));
            assertThat(letters.get(0).timestamp()).isEqualTo(time);
            assertThat(letters.get(0).headers().headers("trace"))
                    .extracting(header -> new String(header.value(), UTF_8))
                    .containsExactly("t", "again");

            // And nothing else has changed
            assertThat(topology.results()).isEmpty();
            assertThat(topology.store().all().next().value).isEqualTo(stateBefore);
            assertThat(topology.metrics().deadLetters().sum()).isEqualTo(1);

            // And the next good event has the same result as without the bad record
            long next = topology.send(key, good, headers());
            assertThat(topology.results()).containsExactly(reference.step("0x6100ff", next, "read"));
        }
    }

    private static byte[] good(String format) {
        return switch (format) {
            case "json" -> event("read").getBytes(UTF_8);
            case "string" -> "read".getBytes(UTF_8);
            case "int32" -> new byte[] {0, 0, 0, 1};
            default -> HEX.parseHex("000000003f80000000000000000000000000000000000000");
        };
    }

    @Test
    void shouldStateReasonAndPositionInHeaders() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // Given
            topology.send("a", event("open"));

            // When
            topology.send("a", event("secret-name"), headers("trace", "t"));

            // Then
            Headers headers = topology.readRecords("dead-letters").get(0).headers();
            assertThat(headers.toArray())
                    .extracting(Header::key, header -> new String(header.value(), UTF_8))
                    .containsExactly(
                            tuple("trace", "t"),
                            tuple("__streams.errors.exception", UnknownEventException.class.getName()),
                            tuple("__streams.errors.message", "the event is not in the model's vocabulary"),
                            tuple("__streams.errors.topic", "events"),
                            tuple("__streams.errors.partition", "0"),
                            tuple("__streams.errors.offset", "1"));
        }
    }

    @Test
    void shouldLeaveOutHeadersOfTheReasonThatTheRecordCameWith() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // When
            topology.send(
                    "a",
                    event("unheard-of"),
                    headers("__streams.errors.message", "forged", "trace", "t", "__streams.errors.state", "forged"));

            // Then
            Headers headers = topology.readRecords("dead-letters").get(0).headers();
            assertThat(headers.headers("__streams.errors.message"))
                    .extracting(header -> new String(header.value(), UTF_8))
                    .containsExactly("the event is not in the model's vocabulary");
            assertThat(headers.lastHeader("__streams.errors.state")).isNull();
            assertThat(headers.lastHeader("trace")).isNotNull();
        }
    }

    @Test
    void shouldRefuseARecordWithoutAKey() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // When
            topology.send(null, event("open"));
            topology.send((String) null, null);

            // Then
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters).hasSize(2);
            assertThat(letters.get(0).key()).isNull();
            assertThat(letters.get(0).value()).isEqualTo(event("open").getBytes(UTF_8));
            assertThat(letters.get(1).value()).isNull();
            assertThat(topology.producedTopics()).containsExactly("dead-letters");
        }
    }

    @Test
    void shouldNotEndASequenceByABadRecord() {
        // Given
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            reference.step("a", topology.send("a", event("open")), "open");

            // When
            topology.send("a", "{\"event\":\"unheard-of\",\"end\":true}");
            topology.send("a", "{\"event\":[1],\"end\":true}");
            topology.send("a", "not JSON", headers("lstm.sequence", "end"));

            // Then
            assertThat(topology.readRecords("dead-letters")).hasSize(3);
            assertThat(topology.verdicts()).isEmpty();
            topology.send("a", null);
            assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
        }
    }

    @Test
    void shouldKeepAStateIfABadRecordStartsTheSequence() {
        // Given
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            reference.step("a", topology.send("a", event("open")), "open");
            topology.results();

            // When
            topology.send("a", event("unheard-of"), headers("lstm.sequence", "start"));

            // Then
            long time = topology.send("a", event("read"));
            assertThat(topology.results()).containsExactly(reference.step("a", time, "read"));
        }
    }

    @Test
    void shouldRefuseASequenceHeaderThatIsNeitherStartNorEnd() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            topology.send("a", event("open"), headers("lstm.sequence", "End"));

            assertThat(topology.readRecords("dead-letters")).hasSize(1);
            assertThat(topology.results()).isEmpty();
        }
    }

    @Test
    void shouldRefuseDenseVectorsThatAreNotFiniteOrNotLongEnough() {
        try (DrivenTopology topology = new DrivenTopology(TinyModels.dense(), Map.of("lstm.input.format", "float32"))) {
            topology.send("a".getBytes(UTF_8), HEX.parseHex("3f8000003f8000007fc00000"), headers());
            topology.send("a".getBytes(UTF_8), HEX.parseHex("3f8000003f8000007f800000"), headers());
            topology.send("a".getBytes(UTF_8), HEX.parseHex("3f8000003f800000"), headers());

            assertThat(topology.readRecords("dead-letters")).hasSize(3);
            assertThat(topology.results()).isEmpty();
        }
    }

    @Test
    void shouldSkipUnknownEventsIfConfigured() {
        // Given
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.unknown.event", "skip"))) {
            // When
            long first = topology.send("a", event("open"));
            topology.send("a", event("unheard-of"));
            topology.send("a", "{\"event\":17}");
            long second = topology.send("a", event("read"));
            topology.send("b", event("unheard-of"));
            topology.send("a", "{\"event\":\"unheard-of\",\"end\":true}");

            // Then
            assertThat(topology.results())
                    .containsExactly(reference.step("a", first, "open"), reference.step("a", second, "read"));
            assertThat(topology.verdicts()).containsExactly(reference.end("a", Ended.END_RECORD));
            assertThat(topology.readRecords("dead-letters")).isEmpty();
            assertThat(topology.stored("b")).isNull();
            assertThat(topology.metrics().unknownEvents().sum()).isEqualTo(4);
        }
    }

    @Test
    void shouldRefuseMalformedRecordsEvenIfUnknownEventsAreSkipped() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.unknown.event", "skip"))) {
            topology.send("a", "{\"event\":[0,2,0,0,0,0]}");

            assertThat(topology.readRecords("dead-letters")).hasSize(1);
        }
    }

    @Test
    void shouldProcessUnknownEventsAsTheUnknownSymbolIfConfigured() {
        // Given
        Model withUnknown = TinyModels.eventsWithUnknown();
        Reference reference = new Reference(withUnknown);
        try (DrivenTopology topology =
                new DrivenTopology(withUnknown, Map.of("lstm.unknown.event", "unknown-symbol"))) {
            // When
            long first = topology.send("a", event("unheard-of"));
            long second = topology.send("a", "{\"event\":-5}");

            // Then
            assertThat(topology.results())
                    .containsExactly(reference.step("a", first, "sync"), reference.step("a", second, "sync"));
            assertThat(topology.metrics().unknownEvents().sum()).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseToStartIfTheModelHasNoUnknownSymbol() {
        assertThatThrownBy(() -> new DrivenTopology(model, Map.of("lstm.unknown.event", "unknown-symbol")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model's vocabulary has no unknown symbol");
    }

    @Test
    void shouldStopAtAnUnknownEventIfConfigured() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.unknown.event", "fail"))) {
            topology.send("a", "not JSON");

            assertThatThrownBy(() -> topology.send("a", event("unheard-of")))
                    .hasRootCauseMessage("the event is not in the model's vocabulary")
                    .rootCause()
                    .isNotInstanceOf(BadEventException.class);
            assertThat(topology.readRecords("dead-letters")).hasSize(1);
        }
    }
}
