package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sequences that advance together have the results of single sequences, to the last bit, whatever the other sequences
 * are.
 */
class PredictorBatchTest {
    private static final int SEQUENCES = 11;
    private static final int CAPACITY = 8;
    private static final int ROUNDS = 40;

    private final SplittableRandom random = new SplittableRandom(3);

    static Stream<Arguments> modelsAndKernels() {
        VariedModels models = new VariedModels();
        List<String> symbols = List.of("\"a\"", "\"b\"", "\"c\"");
        List<String> indexes = List.of("0", "1", "2", "3");
        List<String> fields = List.of(
                "{\"kind\":\"buy\",\"amount\":12.5,\"shop\":{\"country\":\"ch\"},\"weekday\":6,\"a/b\":[1,2.5]}",
                "{\"kind\":\"sell\",\"amount\":3,\"shop\":{\"country\":\"?\"},\"weekday\":0,\"a/b\":[-1,0]}");
        Map<String, Model> byName = Map.of(
                "lstms", models.lstms(),
                "grus and rnn", models.grusAndRnn(),
                "embedding with a mask", models.embedding(),
                "graph", models.graph(),
                "window", models.window(false),
                "padded window", models.window(true),
                "index", models.index(),
                "fields", models.fields(Execution.CARRY),
                "window of fields", models.fields(new Execution(3, true)));
        return byName.entrySet().stream().flatMap(model -> {
            List<String> events = switch (model.getKey()) {
                case "lstms" -> symbols;
                case "graph" -> List.of("[1,-2,0.5,3,0.25,-1]", "[0.1,0.2,0.3,0.4,0.5,0.6]", "[0,0,0,0,1,0]");
                case "fields", "window of fields" -> fields;
                default -> indexes;
            };
            return KernelNames.all()
                    .map(kernel -> Arguments.of(Named.of(model.getKey(), model.getValue()), events, kernel));
        });
    }

    @ParameterizedTest
    @MethodSource("modelsAndKernels")
    void shouldReturnTheResultsOfSingleSequences(Model model, List<String> events, String kernel) {
        // Given
        PackedNetwork packed = PackedNetwork.of(model.network(), KernelNames.kernel(kernel));
        EnumSet<Include> everything = EnumSet.allOf(Include.class);
        Predictor together = new Predictor(model, packed, CAPACITY, 2, everything, null);
        Predictor alone = new Predictor(model, packed, 2, everything);
        List<SequenceState> states = states(model);
        List<SequenceState> expectedStates = states(model);
        OutputJson json = new OutputJson(model.vocabulary());

        for (int round = 0; round < ROUNDS; round++) {
            // When some sequences have an event
            List<SequenceStep> steps = new ArrayList<>();
            List<Prediction> expected = new ArrayList<>();
            for (int chosen : someSequences()) {
                String event = events.get(random.nextInt(events.size()));
                Event decoded = new JsonEventDecoder("")
                        .decode(event.getBytes(StandardCharsets.UTF_8))
                        .event();
                String name = "s" + chosen;
                long time = 1_000_000L * round + random.nextInt(900_000);
                var input = new InputEncoder(model).encode(decoded);
                steps.add(new SequenceStep(name, time, input, states.get(chosen)));
                expected.add(alone.advance(name, time, input, expectedStates.get(chosen)));
            }
            List<Prediction> got = together.advance(steps);

            // Then
            assertThat(got)
                    .extracting(json::write)
                    .containsExactlyElementsOf(
                            expected.stream().map(json::write).toList());
        }
        assertThat(states).usingRecursiveComparison().isEqualTo(expectedStates);
        assertThat(states).allMatch(state -> state.steps() > 0);
    }

    private int[] someSequences() {
        int count = 1 + random.nextInt(CAPACITY);
        int first = random.nextInt(SEQUENCES);
        return IntStream.range(0, count).map(i -> (first + i * 3) % SEQUENCES).toArray();
    }

    private static List<SequenceState> states(Model model) {
        return Stream.generate(() -> new SequenceState(model.network()))
                .limit(SEQUENCES)
                .toList();
    }
}
