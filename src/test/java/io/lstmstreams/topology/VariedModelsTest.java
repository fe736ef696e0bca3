package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.Execution;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of every kind have the same results in the stream as without Kafka, for interleaved sequences. */
class VariedModelsTest {
    private static final String[] SEQUENCES = {"a", "b", "a", "c", "b", "b", "a", "c", "a", "b"};
    private static final Map<String, String> EVERYTHING =
            Map.of("lstm.output.include", "output,state,logits", "lstm.output.top.k", "3");

    private final VariedModels models = new VariedModels();
    private final JsonEventDecoder decoder = new JsonEventDecoder("/event");

    private static Reference reference(Model model) {
        return new Reference(model, 3, EnumSet.of(Include.OUTPUT, Include.STATE, Include.LOGITS));
    }

    private Event event(String value) {
        return decoder.decode(value.getBytes(UTF_8)).event();
    }

    /** Sends the events to three sequences in turn, and ends the sequences. */
    private void assertSameAsWithoutKafka(Model model, String... events) {
        Reference reference = reference(model);
        List<String> expected = new ArrayList<>();
        try (DrivenTopology topology = new DrivenTopology(model, EVERYTHING)) {
            // When
            for (int i = 0; i < SEQUENCES.length; i++) {
                String value = "{\"event\":" + events[i % events.length] + "}";
                long time = topology.send(SEQUENCES[i], value);
                expected.add(reference.step(SEQUENCES[i], time, event(value)));
            }
            topology.send("a", null);
            topology.send("b", null);

            // Then
            assertThat(topology.results()).containsExactlyElementsOf(expected);
            assertThat(expected).doesNotHaveDuplicates();
            assertThat(topology.verdicts())
                    .containsExactly(reference.end("a", Ended.END_RECORD), reference.end("b", Ended.END_RECORD));
            assertThat(topology.stored("a")).isNull();
            assertThat(topology.stored("c")).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRunTheWindowOfEachSequence(boolean padded) {
        assertSameAsWithoutKafka(models.window(padded), "\"a\"", "\"b\"", "2", "\"d\"");
    }

    @Test
    void shouldAdvanceGrusAndLayersWithoutGates() {
        assertSameAsWithoutKafka(models.grusAndRnn(), "0", "1", "2", "3", "1");
    }

    @Test
    void shouldAdvanceLstmsWithEveryOption() {
        assertSameAsWithoutKafka(models.lstms(), "\"a\"", "\"b\"", "\"c\"");
    }

    @Test
    void shouldUseTheIndexAsANumber() {
        assertSameAsWithoutKafka(models.index(), "0", "3", "2", "[0,1,0,0]", "1");
    }

    @Test
    void shouldWriteEveryHeadOfAModelThatHasSeveral() {
        // Given
        Model model = models.graph();

        // Then
        assertSameAsWithoutKafka(model, "[1,-2,0.5,3,0.25,-1]", "[0.1,0.2,0.3,0.4,0.5,0.6]", "[0,0,0,0,1,0]");
        try (DrivenTopology topology = new DrivenTopology(model, Map.of("lstm.output.include", "output"))) {
            topology.send("a", "{\"event\":[1,2,3,4,5,6]}");
            assertThat(topology.results())
                    .singleElement()
                    .asString()
                    .matches(".*\"output\":\\{\"\":\\[(-?[0-9.E-]+,?){4}],\"amount\":\\[-?[0-9.E-]+],"
                            + "\"kind\":\\[([0-9.E-]+,?){3}]}}");
        }
    }

    @Test
    void shouldMeasureTheTimeBetweenTheEventsOfEachSequence() {
        assertThatTimeCounts(Execution.CARRY);
    }

    @Test
    void shouldMeasureTheTimeBetweenTheEventsOfAWindow() {
        assertThatTimeCounts(new Execution(2, true));
    }

    private void assertThatTimeCounts(Execution execution) {
        // Given
        Model model = models.fields(execution);
        Reference reference = reference(model);
        Reference timeless = reference(model);
        String value = "{\"event\":" + FieldEvents.BUY + "}";
        long start = DrivenTopology.START.toEpochMilli();
        // The sixth event is late, and belongs to the sequence of the last event.
        int[] seconds = {0, 1, 5, 7, 60, 30, 30, 61, 4000, 4001};
        try (DrivenTopology topology = new DrivenTopology(model, EVERYTHING)) {
            // No wall-clock time passes: all events but the first are in the future, which makes no difference.
            for (int i = 0; i < SEQUENCES.length; i++) {
                // When
                long time = start + seconds[i] * 1000L;
                topology.sendAt(time, SEQUENCES[i], value);

                // Then
                List<String> results = topology.results();
                assertThat(results).containsExactly(reference.step(SEQUENCES[i], time, event(value)));
                String withoutTime = timeless.step(SEQUENCES[i], start, event(value));
                boolean first = i < 2 || i == 3;
                assertThat(output(results.get(0)).equals(output(withoutTime))).isEqualTo(first);
            }
        }
    }

    private static String output(String result) {
        return result.replaceAll(".*\"output\":", "");
    }
}
