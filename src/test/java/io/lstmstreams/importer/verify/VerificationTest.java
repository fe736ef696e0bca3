package io.lstmstreams.importer.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.Event;
import io.lstmstreams.importer.ModelImporter;
import io.lstmstreams.importer.draft.GateOrder;
import io.lstmstreams.importer.tensorflow.format.RawNpz;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Safetensors;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.modelfile.tensor.TensorFile;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A comparison of a model with PyTorch's numbers, and the explanations of differences. */
class VerificationTest {
    private static final int EVENTS = 7;
    private static final List<Integer> SEQUENCE = List.of(3, 0, 6, 1, 1, 2, 5, 4);

    @TempDir
    private Path folder;

    private Path model;

    private static Path fixture(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(VerificationTest.class.getResource("/io/lstmstreams/fixtures/" + name))
                .toURI());
    }

    private static ObjectNode json(String text) {
        return ModelFile.parseSpec(text.replace('\'', '"'), "the spec of this test");
    }

    /** An LSTM of 7 events, with a softmax. */
    @BeforeEach
    void importModel() throws URISyntaxException {
        model = folder.resolve("model.safetensors");
        ObjectNode spec = json("{'heads':[{'activation':'softmax'}]}");
        ModelFile.save(
                ModelImporter.importFrom(fixture("torch-lstm.safetensors"), spec)
                        .model(),
                model);
    }

    /** Returns the outputs of another model than the one that is verified: that of a spec laid over it. */
    private float[] outputs(Path file, String spec) {
        Model other = ModelFile.load(file, json(spec));
        Predictor predictor = new Predictor(
                other, PackedNetwork.of(other.network(), Kernels.named("scalar")), 0, EnumSet.of(Include.OUTPUT));
        InputEncoder encoder = new InputEncoder(other);
        SequenceState state = new SequenceState(other.network());
        float[] outputs = new float[SEQUENCE.size() * EVENTS];
        for (int i = 0; i < SEQUENCE.size(); i++) {
            double[] output = Objects.requireNonNull(predictor
                            .advance("s", 0, encoder.encode(new Event.Index(SEQUENCE.get(i))), state)
                            .details()
                            .output())
                    .values()
                    .iterator()
                    .next();
            for (int j = 0; j < EVENTS; j++) {
                outputs[i * EVENTS + j] = (float) output[j];
            }
        }
        return outputs;
    }

    private Path arrays(Map<String, Tensor> arrays) {
        Path file = folder.resolve("expected.safetensors");
        Safetensors.write(new TensorFile(arrays, Map.of()), file);
        return file;
    }

    private static Tensor indexes(int shift, long... shape) {
        float[] values = new float[SEQUENCE.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = SEQUENCE.get(i) + shift;
        }
        return new Tensor("x", shape, values);
    }

    private Path expected(int shift, float... outputs) {
        return arrays(Map.of(
                "x",
                indexes(shift, SEQUENCE.size()),
                "y",
                new Tensor("y", new long[] {SEQUENCE.size(), EVENTS}, outputs)));
    }

    private Verification.Report verify(Path expected) {
        return Verification.verify(model, expected, 1e-5);
    }

    @Test
    void shouldAgreeWithPyTorch() throws Exception {
        // Given
        StringBuilder lines = new StringBuilder();
        JsonNode sequences = new ObjectMapper()
                .readTree(fixture("torch-lstm.expected.json").toFile())
                .get("sequences");
        for (int s = 0; s < sequences.size(); s++) {
            JsonNode events = sequences.get(s).get("events");
            for (int i = 0; i < events.size(); i++) {
                ObjectNode line = json("{}").put("sequence", "s" + s);
                line.set("event", events.get(i));
                line.set("output", sequences.get(s).get("steps").get(i).get("probabilities"));
                lines.append(line).append('\n');
            }
        }

        // When
        Verification.Report report = verify(Files.writeString(folder.resolve("expected.jsonl"), lines));

        // Then
        assertThat(report.passed()).isTrue();
        assertThat(report.lines()).hasSize(2);
        assertThat(report.lines().get(0))
                .matches("compared \\d+ numbers of \\d+ steps in " + sequences.size() + " sequences");
        assertThat(report.lines().get(1)).startsWith("worst difference ").contains(", allowed 1.00e-05; sequence s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'heads':[{'activation':'linear'}]}",
                "{'heads':[{'activation':'log_softmax'}]}",
                "{'execution':{'mode':'window','length':3,'padding':'none'}}",
                "{'execution':{'mode':'window','length':5,'padding':'zeros'}}",
                "{'heads':[{'activation':'linear'}],'execution':{'mode':'window','length':2,'padding':'none'}}",
                "{'layers':[{'activation':'relu'},{'activation':'relu'}]}",
                "{'layers':[{'recurrentActivation':'hard_sigmoid'},{'recurrentActivation':'hard_sigmoid'}]}",
                "{'layers':[{'forgetBias':1.0},{'forgetBias':1.0}]}"
            })
    void shouldPrintTheSpecThatAgrees(String spec) {
        Verification.Report report = verify(expected(0, outputs(model, spec)));

        assertThat(report.passed()).isFalse();
        assertThat(report.lines().get(3))
                .startsWith("with --spec '" + spec.replace('\'', '"') + "' the worst difference would be ")
                .endsWith(": import the model again with it");
    }

    @Test
    void shouldRecogniseAnotherOrderOfGates() {
        // Given: the framework's weights are i, f, g, o; the model has them in another order
        float[] outputs = outputs(model, "{}");
        TensorFile file = Safetensors.read(model);
        Map<String, Tensor> tensors = new LinkedHashMap<>(file.tensors());
        tensors.replaceAll((name, tensor) ->
                name.startsWith("lstm.") ? GateOrder.lstm("ifog").rows(tensor) : tensor);
        Safetensors.write(new TensorFile(tensors, file.metadata()), model);

        // When
        Verification.Report report = verify(expected(0, outputs));

        // Then
        assertThat(report.passed()).isFalse();
        assertThat(report.lines().get(3))
                .startsWith(
                        "with the gates of the lstm layers in the order i, f, o, g instead of i, f, g, o the worst");
    }

    @Test
    void shouldRecogniseEventsThatAreNumberedFromOne() {
        Path shifted = expected(1, outputs(model, "{}")); // index 7 is not one of the model's

        assertThatThrownBy(() -> verify(shifted))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("sequence 1, step 3: the model does not take this event")
                .hasMessageContaining("with each event's index lowered by 1 the worst difference would be ");
    }

    @Test
    void shouldSayWhatDiffersIfNothingExplainsIt() {
        float[] wrong = outputs(model, "{}");
        wrong[0] += 0.25f;
        float[] late = outputs(model, "{}");
        Arrays.fill(late, 4 * EVENTS, late.length, 0.5f);

        List<String> first = verify(expected(0, wrong)).lines();
        List<String> state = verify(expected(0, late)).lines();

        assertThat(first.get(1))
                .startsWith(
                        "worst difference 2.50e-01, allowed 1.00e-05; sequence 1, step 1, head fc, number 0: expected ");
        assertThat(first.get(3)).endsWith("a first step differs, so that weights, activations or inputs differ");
        assertThat(state.get(2))
                .startsWith("the first difference beyond the tolerance: sequence 1, step 5, head fc, number 0");
        assertThat(state.get(3)).endsWith("first steps agree, so that it is the state that differs");
    }

    @Test
    void shouldObeyTheTolerance() {
        float[] near = outputs(model, "{}");
        near[3] += 1e-3f;

        assertThat(verify(expected(0, near)).passed()).isFalse();
        assertThat(Verification.verify(model, expected(0, near), 2e-3).passed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"8, 8 7", "1 8, 1 8 7", "8 7, 8 7", "1 8 7, 1 8 7", "8, 1 7", "1 8, 1 7", "2 4, 2 7"})
    void shouldTakeTheShapesOfFrameworks(String x, String y) {
        long[] input = Arrays.stream(x.split(" ")).mapToLong(Long::parseLong).toArray();
        long[] output = Arrays.stream(y.split(" ")).mapToLong(Long::parseLong).toArray();
        boolean vectors = input[input.length - 1] == EVENTS;
        float[] all = outputs(model, "{}");
        long rows = Arrays.stream(output).reduce(1, (a, b) -> a * b) / EVENTS;
        float[] last = Arrays.copyOfRange(all, all.length - (int) rows * EVENTS, all.length);

        Tensor inputs = indexes(0, input);
        if (vectors) {
            float[] oneHot = new float[SEQUENCE.size() * EVENTS];
            for (int i = 0; i < SEQUENCE.size(); i++) {
                oneHot[i * EVENTS + SEQUENCE.get(i)] = 1;
            }
            inputs = new Tensor("x", input, oneHot);
        }
        Verification.Report report = verify(arrays(Map.of("x", inputs, "y", new Tensor("y", output, last))));

        boolean halves = x.equals("2 4"); // the expected numbers are those of one sequence, not of two halves
        assertThat(report.passed()).isEqualTo(!halves);
        assertThat(report.lines().get(0)).startsWith("compared " + rows * EVENTS + " numbers of 8 steps");
    }

    @Test
    void shouldReadNumPysArrays() {
        Path file = folder.resolve("expected.npz");
        try (RawNpz npz = new RawNpz(file)) {
            npz.array(
                    "x",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (8,), }",
                    ByteOrder.LITTLE_ENDIAN,
                    indexes(0, 8).values());
            npz.array(
                    "fc",
                    "{'descr': '<f4', 'fortran_order': False, 'shape': (8, 7), }",
                    ByteOrder.LITTLE_ENDIAN,
                    outputs(model, "{}"));
        }

        assertThat(verify(file).passed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"expected.csv", "missing.npz", "missing.jsonl", "missing.safetensors"})
    void shouldRefuseOtherFiles(String name) {
        assertThatThrownBy(() -> verify(folder.resolve(name)))
                .isInstanceOf(ModelFileException.class)
                .hasMessageStartingWith(folder.resolve(name).toString());
    }

    @Test
    void shouldNameArraysAndShapesThatDoNotFit() {
        Tensor x = indexes(0, 8);
        Tensor y = new Tensor("y", new long[] {3, 7}, new float[21]);
        Tensor narrow = new Tensor("y", new long[] {8, 6}, new float[48]);

        assertThatThrownBy(() -> verify(arrays(Map.of("x", x))))
                .hasMessageContaining(
                        "must have an array y for the outputs, or one by the name of a head (fc), but has x");
        assertThatThrownBy(() -> verify(arrays(Map.of("z", new Tensor("z", x.shape(), x.values()), "y", y))))
                .hasMessageContaining("has no array x: it must have x for the inputs, but has ");
        assertThatThrownBy(() -> verify(arrays(Map.of("x", x, "y", y))))
                .hasMessageContaining("has shape [8], and y has shape [3, 7]");
        assertThatThrownBy(() -> verify(arrays(Map.of("x", x, "y", narrow))))
                .hasMessageContaining("must have the 7 outputs of head fc as its last of two or three sizes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'event':1,'output':[1,2]} | must have 7 numbers, but has 2",
                "{'event':1,'output':{'other':[1]}} | must have heads of the model, which are fc",
                "{'event':1,'output':['a',0,0,0,0,0,0]} | must be an array of numbers",
                "{'event':1 | line 1: the value is not JSON",
                "{'event':1} | has no output to compare with"
            })
    void shouldNameTheLineThatIsWrong(String line, String what) throws IOException {
        Path file = Files.writeString(folder.resolve("expected.jsonl"), line.replace('\'', '"') + "\n");

        assertThatThrownBy(() -> verify(file)).isInstanceOf(Malformed.class).hasMessageContaining(what);
    }
}
