package io.lstmstreams.importer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of Keras without a configuration: what is inferred, what is asked for, and what is refused. */
class UnconfiguredModelTest {

    @Test
    void shouldTakeTheDefaultsOfTheVersionThatWroteTheFile() {
        // When
        CompleteDraft draft = read("keras2-weights.h5", "{'heads':[{'activation':'softmax'}]}");

        // Then
        assertThat(draft.spec().at("/layers/0/recurrentActivation").asText()).isEqualTo("hard_sigmoid");
        assertThat(draft.notes())
                .contains(
                        "layers[0].recurrentActivation: hard_sigmoid, the default of Keras 2.2.4, which wrote the file;"
                                + " the file does not state it");
    }

    @Test
    void shouldAskForTheActivationOfAHeadWithASpecThatWorks() {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> read("keras2-weights.h5", "{}"))
                .withMessageContaining("heads[0].activation (of layer dense_1)")
                .withMessageContaining("--spec '{\"heads\":[{\"activation\":\"?\"}]}'");
        assertThat(read("keras2-weights.h5", "{'heads':[{'activation':'sigmoid'}]}")
                        .spec()
                        .at("/heads/0/activation")
                        .asText())
                .isEqualTo("sigmoid");
    }

    @Test
    void shouldTakeTheSoftmaxOfAModelOfEvents() {
        CompleteDraft draft = read("keras2-weights.h5", "{'scoring':{'rule':'rank-above','rank':2}}");

        assertThat(draft.spec().at("/heads/0/activation").asText()).isEqualTo("softmax");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.2, hard_sigmoid, false",
        "2.0.8-tf, hard_sigmoid, false",
        "2.1.6-tf, hard_sigmoid, false",
        "2.2.4, hard_sigmoid, false",
        "2.2.4-tf, , ", // of TensorFlow 1.13 and of 2.0
        "2.2.5, hard_sigmoid, false",
        "2.3.0, sigmoid, false",
        "2.3.0-tf, sigmoid, true",
        "2.4.0, sigmoid, true",
        "2.11.0, sigmoid, true",
        "2.x, , ",
        "3.15.1, sigmoid, true"
    })
    void shouldKnowTheDefaultsOfEachVersion(String stated, String recurrentActivation, Boolean resetAfter) {
        KerasVersion version = KerasVersion.of(stated, null);

        assertThat(version.recurrentActivation()).isEqualTo(recurrentActivation);
        assertThat(version.resetAfter()).isEqualTo(resetAfter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "repeat_vector_1|RepeatVector by its name): repeats a vector as the steps of a decoder",
                "global_max_pooling1d|GlobalMaxPooling1D by its name): pools over several steps",
                "attention_2|attends to several steps",
                "additive_attention|attends to several steps",
                "bidirectional|requires the whole sequence",
                "lambda_1|contains Python code",
                "permute|swaps steps and features",
                "add|has options or inputs that a file of weights does not state; put the output of model.to_json()",
                "concatenate_1|has options or inputs",
                "flatten|has options or inputs",
                "masking_1|has options or inputs",
            })
    void shouldRefuseALayerWithoutWeightsByItsName(String name, String message) {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> LayerNames.withoutWeights(name, "w.h5"))
                .withMessageStartingWith("w.h5: layer " + name)
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "dropout_3, NOTHING",
        "gaussian_noise, NOTHING",
        "input_1, INPUT",
        "input_layer, INPUT",
        "activation_1, ACTIVATION",
        "leaky_re_lu, ACTIVATION",
        "bridge, UNKNOWN"
    })
    void shouldRecogniseALayerWithoutWeightsByItsName(String name, LayerNames.Part part) {
        assertThat(LayerNames.withoutWeights(name, "w.h5")).isEqualTo(part);
    }

    @Test
    void shouldFindTheOnlyOrderInWhichTheSizesFit() {
        List<InferredLayer> found = List.of(
                layer("dense", "dense", 6, 9),
                layer("lstm", "lstm", 4, 5),
                layer("lstm_1", "lstm", 5, 6),
                layer("embedding", "embedding", -1, 4));

        assertThat(names(LayerOrder.of(found, Fixtures.noSpec(), "w.h5")))
                .containsExactly("embedding", "lstm", "lstm_1", "dense");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'layers':[{'cell':'gru'},{'cell':'lstm'}]}",
                "{'layers':[{'cell':'lstm'},{'cell':'gru'}]}"
            })
    void shouldAskForTheOrderIfSeveralFit(String spec) {
        // Given
        List<InferredLayer> found =
                List.of(layer("dense", "dense", 8, 8), layer("lstm", "lstm", 8, 8), layer("gru", "gru", 8, 8));
        ObjectNode json = Fixtures.spec(spec);

        // When, then
        if (json.isEmpty()) {
            assertThatExceptionOfType(Unsupported.class)
                    .isThrownBy(() -> LayerOrder.of(found, json, "w.h5"))
                    .withMessageContaining("fit in several orders")
                    .withMessageContaining("--spec '{\"layers\":[{\"cell\":\"?\"},{\"cell\":\"?\"}]}'");
        } else {
            List<String> stated = new ArrayList<>();
            json.path("layers").forEach(cell -> stated.add(cell.path("cell").asText()));
            assertThat(names(LayerOrder.of(found, json, "w.h5")))
                    .containsExactlyElementsOf(
                            Stream.concat(stated.stream(), Stream.of("dense")).toList());
        }
    }

    private static InferredLayer layer(String name, String cell, long inputs, long outputs) {
        return new InferredLayer(name, LayerNames.kind(name), cell, inputs, outputs, KerasJson.newObject());
    }

    private static List<String> names(List<InferredLayer> layers) {
        return layers.stream().map(InferredLayer::name).toList();
    }

    private static CompleteDraft read(String fixture, String spec) {
        ObjectNode json = Fixtures.spec(spec);
        return Inference.complete(KerasImporter.read(Fixtures.path(fixture), fixture, json), json);
    }
}
