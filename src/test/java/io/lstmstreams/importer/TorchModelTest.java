package io.lstmstreams.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A state_dict that PyTorch wrote, compared with PyTorch's numbers; fixtures/make_torch_fixture.py created both. */
class TorchModelTest {

    private static final ObjectNode PREDICTS_EVENTS =
            ModelFile.parseSpec("{\"heads\":[{\"activation\":\"softmax\"}]}", "the spec of this test");

    private static Path fixture(String name) throws URISyntaxException {
        URL url = Objects.requireNonNull(TorchModelTest.class.getResource("/io/lstmstreams/fixtures/" + name), name);
        return Path.of(url.toURI());
    }

    @ParameterizedTest
    @MethodSource("io.lstmstreams.recurrent.KernelNames#all")
    void shouldComputePyTorchsNumbers(String kernel) throws Exception {
        // Given
        Model model = ModelFile.load(fixture("torch-lstm.safetensors"), PREDICTS_EVENTS);
        Predictor predictor = new Predictor(
                model,
                PackedNetwork.of(model.network(), KernelNames.kernel(kernel)),
                0,
                EnumSet.of(Include.LOGITS, Include.PROBABILITIES, Include.STATE));
        File expected = fixture("torch-lstm.expected.json").toFile();

        for (JsonNode sequence : new ObjectMapper().readTree(expected).get("sequences")) {
            SequenceState state = new SequenceState(model.network());
            for (int i = 0; i < sequence.get("events").size(); i++) {
                // When
                SparseInput input =
                        SparseInput.oneHot(sequence.get("events").get(i).intValue());
                Prediction got = predictor.advance("s", 0, input, state);

                // Then
                JsonNode torch = sequence.get("steps").get(i);
                assertThat(got.details().logits()).containsExactly(floats(torch.get("logits")), within(1e-5f));
                assertThat(got.details().probabilities())
                        .containsExactly(doubles(torch.get("probabilities")), within(1e-5));
                for (int layer = 0; layer < 2; layer++) {
                    LayerState after = got.details().state().get(layer);
                    assertThat(after.h()).containsExactly(floats(torch.get("h").get(layer)), within(1e-5f));
                    assertThat(after.c()).containsExactly(floats(torch.get("c").get(layer)), within(1e-5f));
                }
            }
        }
    }

    @Test
    void shouldDeriveTheWholeModelFromNamesAndShapes() throws Exception {
        Model model = ModelFile.load(fixture("torch-lstm.safetensors"), PREDICTS_EVENTS);

        assertThat(ModelFile.spec(model))
                .isEqualTo("{\"name\":\"torch-lstm\",\"input\":{\"encoding\":\"one-hot\",\"size\":7},"
                        + "\"layers\":[{\"cell\":\"lstm\",\"units\":5},{\"cell\":\"lstm\",\"units\":5}],"
                        + "\"heads\":[{\"name\":\"fc\",\"activation\":\"softmax\"}],"
                        + "\"execution\":{\"mode\":\"carry\"}}");
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).doubleValue();
        }
        return values;
    }
}
