package io.lstmstreams.importer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imported Keras models, compared with Keras' numbers. */
class KerasNumbersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keras-heads.keras",
                "keras-heads.h5",
                "keras-cells.keras",
                "keras-inputs.keras",
                "keras-bare.weights.h5",
                "keras-front.keras",
                "keras-front.h5",
                "keras-mask-value.keras",
                "keras-mask-value.h5",
                "keras-step.keras",
                "keras-step.h5",
                "keras2-weights.h5",
                "keras-masks.h5",
                "keras1-heads.h5",
                "keras1-sequence.h5",
                "keras2-cudnn.h5"
            })
    void shouldComputeKerasNumbers(String file) throws IOException {
        // Given
        ObjectNode spec = Fixtures.spec(file.contains("weights") ? "{'heads':[{'activation':'softmax'}]}" : "{}");
        CompleteDraft draft = Inference.complete(KerasImporter.read(Fixtures.path(file), file, spec), spec);
        JsonNode expected = Fixtures.JSON
                .readTree(Fixtures.path("keras.expected.json").toFile())
                .path(file.substring(0, file.indexOf('.')));
        DraftStepper stepper = new DraftStepper(draft);

        for (int t = 0; t < expected.path("outputs").size(); t++) {
            // When
            Map<String, double[]> got = stepper.step(x(draft, expected.path("inputs"), t));

            // Then
            List<double[]> heads = new ArrayList<>(got.values());
            int i = 0;
            for (JsonNode output : expected.path("outputs").path(t)) {
                double[] values = Fixtures.JSON.convertValue(output, double[].class);
                assertThat(heads.get(i++)).as("step " + t).containsExactly(values, within(1e-6));
            }
        }
    }

    /** Returns all inputs one after the other, an index as a one-hot vector. */
    private static double[] x(CompleteDraft draft, JsonNode inputs, int t) {
        JsonNode input = draft.spec().path("input");
        double[] x = new double[input.path("size").intValue()];
        int offset = 0;
        int field = 0;
        for (JsonNode values : inputs) {
            JsonNode value = values.path(t);
            if (value.isInt()) {
                x[offset + value.intValue()] = 1;
            } else {
                for (int i = 0; i < value.size(); i++) {
                    x[offset + i] = value.path(i).doubleValue();
                }
            }
            offset += input.path("fields").path(field++).path("size").asInt();
        }
        return x;
    }
}
