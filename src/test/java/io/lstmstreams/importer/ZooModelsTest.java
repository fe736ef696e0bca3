package io.lstmstreams.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.Event;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.Stepper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The models of the zoo in every format: after importing, saving, loading and running them with each kernel, the
 * numbers are those of the framework.
 */
class ZooModelsTest extends ZooTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Formats that hold weights alone: a partial spec gives the rest. */
    private static final List<String> WEIGHTS_ONLY =
            List.of("state_dict", "torch.save", "weights-only", "tf checkpoint");

    /** Formats that are not models by themselves. */
    private static final List<String> NO_MODEL = List.of(
            "checkpoint data",
            "v2 data",
            "state text",
            "external data",
            "architecture json",
            "metagraph",
            "torchscript",
            "savez",
            "savedmodel");

    /** The fields of a case that no file of weights states, with their names in our spec. */
    private static final Map<String, String> FIELDS = Map.of(
            "activation", "activation",
            "recurrent_activation", "recurrentActivation",
            "forget_bias", "forgetBias",
            "cell_clip", "cellClip",
            "proj_clip", "projectionClip",
            "reset_after", "resetAfter");

    @TempDir
    private Path folder;

    static List<String> cases() throws IOException {
        try (Stream<Path> cases = Files.list(ZOO.resolve("cases"))) {
            return cases.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    static List<Path> filesToRefuse() throws IOException {
        return badFiles().stream()
                .filter(BadFile::mustBeRefused)
                .map(BadFile::file)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldComputeTheFrameworksNumbers(String name) throws IOException {
        // Given
        Path home = ZOO.resolve("cases").resolve(name);
        JsonNode zooCase = JSON.readTree(home.resolve("case.json").toFile());
        String expect = zooCase.path("expect").asText();
        assumeThat(expect).as("a case that may be refused").isNotEqualTo("optional");
        Map<String, String> fingerprints = new HashMap<>();
        int compared = 0;
        for (JsonNode file : zooCase.path("files")) {
            String format = file.path("format").asText().toLowerCase(Locale.ROOT);
            if (NO_MODEL.stream().anyMatch(format::contains)) {
                continue;
            }
            Path path = home.resolve(file.path("path").asText());
            boolean needsSpec = WEIGHTS_ONLY.stream().anyMatch(format::contains);
            ObjectNode spec = needsSpec ? partialSpec(zooCase) : JSON.createObjectNode();
            if (expect.equals("reject")) {
                assertThat(refusal(path, spec)).as(path.toString()).isNotNull();
                compared++;
                continue;
            }

            // When
            Path saved = folder.resolve("m.safetensors");
            ModelFile.save(ModelImporter.importFrom(path, spec).model(), saved);
            Model model = ModelFile.load(saved);

            // Then
            fingerprints.put(path.getFileName().toString(), model.network().fingerprintHex());
            for (String kernel : List.of("scalar", "vector", "portable", "ojalgo")) {
                for (JsonNode sequence : zooCase.path("sequences")) {
                    if (!sequence.path("initial_state").asText().equals("given")) {
                        compare(model, kernel, zooCase, sequence, path.getFileName() + " with kernel " + kernel);
                    }
                }
            }
            compared++;
        }
        assertThat(compared).isPositive();
        assertThat(fingerprints.values().stream().distinct().count())
                .as("one model has one fingerprint, whatever file it came from: %s", fingerprints)
                .isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("filesToRefuse")
    void shouldRefuseABadFileInOneLine(Path file) {
        ModelFileException refusal = refusal(file, JSON.createObjectNode());

        assertThat(refusal).as(file.toString()).isNotNull();
        assertThat(refusal.getMessage()).contains(file.getFileName().toString()).doesNotContain("\n");
    }

    @Test
    void shouldReadResidualConnectionsAndNormalisations() {
        ObjectNode noSpec = JSON.createObjectNode();
        Model residual = ModelImporter.importFrom(ZOO.resolve("bad/keras-residual.keras"), noSpec)
                .model();
        Model norm = ModelImporter.importFrom(ZOO.resolve("bad/keras-layernorm-between.keras"), noSpec)
                .model();

        assertThat(residual.network().wiring().layers()).containsExactly(List.of(-1), List.of(-1, 0));
        assertThat(norm.network().layers()).extracting(Layer::specName).containsExactly("lstm", "layer_norm");
    }

    private static ModelFileException refusal(Path path, ObjectNode spec) {
        try {
            ModelImporter.importFrom(path, spec);
            return null;
        } catch (ModelFileException e) {
            return e;
        }
    }

    private static void compare(Model model, String kernel, JsonNode zooCase, JsonNode sequence, String what) {
        Stepper stepper =
                PackedNetwork.of(model.network(), KernelNames.kernel(kernel)).stepper();
        InputEncoder encoder = new InputEncoder(model);
        SequenceState state = new SequenceState(model.network());
        double tolerance =
                Math.max(1e-5, zooCase.at("/tolerance/recommended_abs").asDouble());
        boolean hasHead = zooCase.path("layers").findValuesAsText("kind").contains("dense");
        Map<Integer, JsonNode> expected = new HashMap<>();
        List<JsonNode> inputs = new ArrayList<>();
        sequence.path("indices").forEach(inputs::add);
        for (JsonNode step : sequence.path("steps")) {
            expected.put(step.path("t").asInt(), step);
            if (!sequence.has("indices")) {
                inputs.add(step.has("index") ? step.path("index") : step.path("dense"));
            }
        }
        for (int t = 0; t < inputs.size(); t++) {
            stepper.step(encoder.encode(event(inputs.get(t))), state);
            JsonNode step = expected.get(t);
            if (step == null) {
                continue;
            }
            String at = what + ", sequence " + sequence.path("id") + ", step " + t;
            if (hasHead && step.has("output")) {
                assertClose(step.path("output"), stepper.output(0, 0), tolerance, at + ", output");
            }
            for (int i = 0; i < step.path("h").size(); i++) {
                assertClose(step.path("h").get(i), state.h(i), tolerance, at + ", h");
                assertClose(step.path("c").path(i), state.c(i), tolerance, at + ", c");
            }
        }
    }

    private static Event event(JsonNode input) {
        if (input.isIntegralNumber()) {
            return new Event.Index(input.longValue());
        }
        float[] values = new float[input.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = input.get(i).floatValue();
        }
        return new Event.Vector(values);
    }

    private static void assertClose(JsonNode expected, float[] got, double tolerance, String what) {
        if (expected.isMissingNode() || expected.isEmpty()) {
            return;
        }
        assertThat(got).as(what).hasSize(expected.size());
        for (int k = 0; k < got.length; k++) {
            double value = expected.get(k).asDouble();
            double error = Math.abs(got[k] - value) / Math.max(1, Math.abs(value));
            if (!(error <= tolerance)) {
                throw new AssertionError(what + "[" + k + "] is " + got[k] + ", expected " + value);
            }
        }
    }

    /**
     * Returns a spec with the settings that a file of weights lacks: kinds of layers, activations, clips and the like.
     */
    private static ObjectNode partialSpec(JsonNode zooCase) {
        ArrayNode layers = JSON.createArrayNode();
        for (JsonNode layer : zooCase.path("layers")) {
            ObjectNode spec = layers.addObject().put("cell", layer.path("kind").asText());
            FIELDS.forEach((from, to) -> {
                JsonNode value = layer.path(from);
                if (!value.isMissingNode() && !value.isNull() && !value.asText().equals("none")) {
                    spec.set(to, value(zooCase, value));
                }
            });
        }
        ObjectNode spec = JSON.createObjectNode();
        ArrayNode heads = spec.putArray("heads");
        JsonNode last = layers.get(layers.size() - 1);
        if (last.path("cell").asText().equals("dense")) {
            layers.remove(layers.size() - 1);
            heads.addObject().set("activation", last.path("activation"));
        }
        spec.set("layers", layers);
        return spec;
    }

    /** Returns a setting's value in our spec: Keras 3's hard_sigmoid has another slope than the name means in ONNX. */
    private static JsonNode value(JsonNode zooCase, JsonNode value) {
        boolean keras3 = zooCase.path("framework").asText().equals("keras");
        return keras3 && value.asText().equals("hard_sigmoid")
                ? JSON.createObjectNode()
                        .put("name", "hard_sigmoid")
                        .put("alpha", 1 / 6.0)
                        .put("beta", 0.5)
                : value;
    }
}
