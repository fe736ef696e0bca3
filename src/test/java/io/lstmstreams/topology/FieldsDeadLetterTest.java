package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.recurrent.Execution;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records whose event has several fields, one of which does not fit the model. */
@Tag("newer-kafka")
class FieldsDeadLetterTest {
    private final Model model = new VariedModels().fields(Execution.CARRY);

    private static String record(String event) {
        return "{\"event\":" + event + "}";
    }

    private static String step(Reference reference, long time, String event) {
        return reference.step(
                "a",
                time,
                new JsonEventDecoder("/event")
                        .decode(record(event).getBytes(UTF_8))
                        .event());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // the event itself: missing, of the wrong type, unknown, the end
                "null|1|{\"country\":\"ch\"}|6|[1,2]",
                "1.5|1|{\"country\":\"ch\"}|6|[1,2]",
                "[1,1,0]|1|{\"country\":\"ch\"}|6|[1,2]",
                "\"rent\"|1|{\"country\":\"ch\"}|6|[1,2]",
                "\"<end>\"|1|{\"country\":\"ch\"}|6|[1,2]",
                "3|1|{\"country\":\"ch\"}|6|[1,2]",
                "-1|1|{\"country\":\"ch\"}|6|[1,2]",
                // a number
                "\"buy\"|null|{\"country\":\"ch\"}|6|[1,2]",
                "\"buy\"|\"1\"|{\"country\":\"ch\"}|6|[1,2]",
                "\"buy\"|true|{\"country\":\"ch\"}|6|[1,2]",
                "\"buy\"|[1,2]|{\"country\":\"ch\"}|6|[1,2]",
                "\"buy\"|1e300|{\"country\":\"ch\"}|6|[1,2]",
                // a field within a field
                "\"buy\"|1|{}|6|[1,2]",
                "\"buy\"|1|\"ch\"|6|[1,2]",
                "\"buy\"|1|{\"country\":1.5}|6|[1,2]",
                // a field with its own vocabulary, which has no unknown symbol
                "\"buy\"|1|{\"country\":\"ch\"}|7|[1,2]",
                "\"buy\"|1|{\"country\":\"ch\"}|\"monday\"|[1,2]",
                // a vector
                "\"buy\"|1|{\"country\":\"ch\"}|6|null",
                "\"buy\"|1|{\"country\":\"ch\"}|6|1",
                "\"buy\"|1|{\"country\":\"ch\"}|6|[1]",
                "\"buy\"|1|{\"country\":\"ch\"}|6|[1,2,3]",
                "\"buy\"|1|{\"country\":\"ch\"}|6|[1,\"2\"]",
                "\"buy\"|1|{\"country\":\"ch\"}|6|[1,1e300]"
            })
    void shouldSendARecordWithABadFieldToTheDeadLetters(
            String kind, String amount, String shop, String weekday, String vector) {
        assertThatIsRefused(record(FieldEvents.event(kind, amount, shop, weekday, vector)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"\"buy\"", "0", "[1,2,3]", "{}", "{\"kind\":\"buy\"}"})
    void shouldSendARecordWithoutTheFieldsToTheDeadLetters(String event) {
        assertThatIsRefused(record(event));
    }

    private void assertThatIsRefused(String bad) {
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of())) {
            // Given
            topology.send("a", record(FieldEvents.BUY));
            step(reference, DrivenTopology.START.toEpochMilli(), FieldEvents.BUY);
            byte[] before = topology.stored("a");
            topology.results();

            // When
            long start = DrivenTopology.START.toEpochMilli();
            topology.sendAt(start, "a", bad);

            // Then
            List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
            assertThat(letters)
                    .singleElement()
                    .satisfies(letter ->
                            assertThat(new String(letter.value(), UTF_8)).isEqualTo(bad));
            assertThat(topology.results()).isEmpty();
            assertThat(topology.stored("a")).isEqualTo(before);
            topology.sendAt(start, "a", record(FieldEvents.OTHER));
            assertThat(topology.results()).containsExactly(step(reference, start, FieldEvents.OTHER));
        }
    }

    @Test
    void shouldTreatAnUnknownEventAsTheUnknownSymbolIfConfigured() {
        // Given
        Reference reference = new Reference(model);
        Map<String, String> policy = Map.of("lstm.unknown.event", "unknown-symbol", "lstm.output.top.k", "3");
        try (DrivenTopology topology = new DrivenTopology(model, policy)) {
            // When
            long time = topology.send("a", record(FieldEvents.OTHER.replace("other", "rent")));

            // Then
            assertThat(topology.results()).containsExactly(step(reference, time, FieldEvents.OTHER));
            assertThat(topology.readRecords("dead-letters")).isEmpty();
        }
    }

    @Test
    void shouldTreatAnUnknownValueOfAnotherFieldAsThatFieldsUnknownSymbol() {
        // Given
        Reference reference = new Reference(model);
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.output.top.k", "3"))) {
            // When
            long time = topology.send("a", record(FieldEvents.OTHER.replace("?", "of nowhere")));

            // Then
            assertThat(topology.results()).containsExactly(step(reference, time, FieldEvents.OTHER));
        }
    }

    @Test
    void shouldSendAnUnknownValueOfAFieldWithoutAnUnknownSymbolToTheDeadLetterTopic() {
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.unknown.event", "unknown-symbol"))) {
            // When
            topology.send("a", record(FieldEvents.BUY.replace("\"weekday\":6", "\"weekday\":7")));

            // Then
            assertThat(topology.readRecords("dead-letters")).hasSize(1);
            assertThat(topology.results()).isEmpty();
            assertThat(topology.stored("a")).isNull();
        }
    }
}
