package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of PyTorch's exporters and Keras, compared with onnxruntime's numbers; fixtures/onnx/make_onnx_fixtures.py
 * created both.
 */
class OnnxFixtureTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static Path fixture(String name) throws URISyntaxException {
        URL url = OnnxFixtureTest.class.getResource("/io/lstmstreams/fixtures/onnx/" + name);
        return Path.of(Objects.requireNonNull(url, name).toURI());
    }

    static CompleteDraft draft(String name) throws URISyntaxException {
        return Inference.complete(
                OnnxImporter.read(fixture(name + ".onnx"), name + ".onnx"), MAPPER.createObjectNode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch-events.torchscript",
                "torch-events.dynamo",
                "torch-deeplog.torchscript",
                "torch-deeplog.dynamo",
                "torch-cells.torchscript",
                "torch-cells.dynamo",
                "torch-rnn.torchscript",
                "torch-rnn.dynamo",
                "keras-unrolled"
            })
    void shouldFindTheFunctionOfOneStepInTheGraph(String name) throws Exception {
        // Given
        CompleteDraft draft = draft(name);
        JsonNode expected = MAPPER.readTree(fixture(name + ".expected.json").toFile());

        for (JsonNode sequence : expected.get("sequences")) {
            DraftSteps steps = new DraftSteps(draft);
            JsonNode outputs = sequence.get("outputs");
            int first = sequence.get("inputs").size() - outputs.size();
            for (int i = 0; i < sequence.get("inputs").size(); i++) {
                // When
                double[] output = steps.step(input(draft, sequence.get("inputs").get(i)))
                        .values()
                        .iterator()
                        .next();

                // Then
                if (i >= first) {
                    assertThat(output).containsExactly(doubles(outputs.get(i - first)), within(2e-6));
                }
            }
        }
    }

    private static double[] input(CompleteDraft draft, JsonNode event) {
        JsonNode input = draft.spec().get("input");
        if (event.isArray()) {
            return doubles(event);
        }
        if (input.get("size").asInt() == 1) {
            return new double[] {event.asDouble()};
        }
        double[] oneHot = new double[input.get("size").asInt()];
        oneHot[event.asInt()] = 1;
        return oneHot;
    }

    private static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "torch-events.dynamo; one-hot; embedding lstm lstm; log_softmax",
                "torch-deeplog.dynamo; dense; lstm lstm; linear",
                "torch-cells.dynamo; one-hot; gru lstm; softmax",
                "torch-rnn.dynamo; dense; rnn rnn; linear",
                "keras-unrolled; dense; gru lstm dense; sigmoid"
            })
    void shouldWriteTheSpec(String name, String encoding, String cells, String activation) throws Exception {
        JsonNode spec = draft(name).spec();

        assertThat(spec.at("/input/encoding").asText()).isEqualTo(encoding);
        assertThat(spec.get("layers").findValuesAsText("cell")).containsExactly(cells.split(" "));
        assertThat(spec.get("layers").findValues("from")).isEmpty();
        assertThat(spec.get("heads")).hasSize(1);
        assertThat(spec.at("/heads/0/activation").asText()).isEqualTo(activation);
        assertThat(spec.at("/execution/mode").asText()).isEqualTo("carry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch-events", "torch-deeplog", "torch-cells", "torch-rnn"})
    void shouldReadTheSameKindOfModelFromBothExporters(String name) throws Exception {
        CompleteDraft one = draft(name + ".torchscript");
        CompleteDraft other = draft(name + ".dynamo");

        assertThat(other.spec().get("layers")).isEqualTo(one.spec().get("layers"));
        assertThat(other.spec().get("input")).isEqualTo(one.spec().get("input"));
        for (int i = 0; i < one.layers().size(); i++) {
            assertThat(other.layers().get(i))
                    .containsOnlyKeys(one.layers().get(i).keySet());
        }
    }
}
