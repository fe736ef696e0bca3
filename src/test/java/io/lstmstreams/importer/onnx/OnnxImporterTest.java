package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs built node by node: the import of operators, weights, inputs and outputs. */
class OnnxImporterTest {
    private static final int H = 2;
    private static final int X = 3;

    @TempDir
    Path folder;

    private CompleteDraft read(RawOnnx raw) {
        return Inference.complete(
                OnnxImporter.read(raw.write(folder), "model.onnx"), new ObjectMapper().createObjectNode());
    }

    /** Returns an operator with different numbers as weights; the rows of gate g in W begin with 10 * g. */
    static RawOnnx weights(int gates) {
        RawOnnx raw = new RawOnnx().input("X", "T", "B", X);
        float[] w = new float[gates * H * X];
        float[] r = new float[gates * H * H];
        float[] b = new float[gates * H * 2];
        for (int gate = 0; gate < gates; gate++) {
            Arrays.fill(w, gate * H * X, (gate + 1) * H * X, 10 * gate);
            Arrays.fill(r, gate * H * H, (gate + 1) * H * H, 10 * gate + 1);
            Arrays.fill(b, gate * H, (gate + 1) * H, 10 * gate + 2);
            Arrays.fill(b, (gates + gate) * H, (gates + gate + 1) * H, 10 * gate + 3);
        }
        return raw.floats("W", new long[] {1, (long) gates * H, X}, w)
                .floats("R", new long[] {1, (long) gates * H, H}, r)
                .floats("B", new long[] {1, 2L * gates * H}, b);
    }

    /** Returns the file's gates in our order. */
    private static int[] gates(Tensor tensor, int offset) {
        int width = tensor.shape().length == 1 ? 1 : (int) tensor.shape()[1];
        int[] gates = new int[(int) tensor.shape()[0] / H];
        Arrays.setAll(gates, gate -> (int) (tensor.values()[gate * H * width] - offset) / 10);
        return gates;
    }

    @Test
    void shouldPutTheRowsOfAnLstmInOurOrder() {
        // Given: ONNX has i, o, f, c
        RawOnnx raw = weights(4)
                .floats("P", new long[] {1, 3 * H}, 1, 2, 3, 4, 5, 6)
                .node("LSTM", "X W R B - - - P", "Y", RawOnnx.attribute("hidden_size", H))
                .outputs("Y");

        // When
        CompleteDraft draft = read(raw);

        // Then: we have i, f, g, o
        var layer = draft.layers().get(0);
        assertThat(gates(layer.get("weight_ih"), 0)).containsExactly(0, 2, 3, 1);
        assertThat(gates(layer.get("weight_hh"), 1)).containsExactly(0, 2, 3, 1);
        assertThat(gates(layer.get("bias_ih"), 2)).containsExactly(0, 2, 3, 1);
        assertThat(gates(layer.get("bias_hh"), 3)).containsExactly(0, 2, 3, 1);
        assertThat(layer.get("weight_pi").values()).containsExactly(1, 2);
        assertThat(layer.get("weight_po").values()).containsExactly(3, 4);
        assertThat(layer.get("weight_pf").values()).containsExactly(5, 6);
        assertThat(draft.spec().at("/layers/0")).hasToString("{\"cell\":\"lstm\",\"units\":2,\"peepholes\":true}");
    }

    @Test
    void shouldPutTheRowsOfAGruInOurOrder() {
        // Given: ONNX has z, r, h
        RawOnnx raw = weights(3).node("GRU", "X W R B", "Y").outputs("Y");

        // When
        CompleteDraft draft = read(raw);

        // Then: we have r, z, n
        assertThat(gates(draft.layers().get(0).get("weight_ih"), 0)).containsExactly(1, 0, 2);
        assertThat(gates(draft.layers().get(0).get("bias_hh"), 3)).containsExactly(1, 0, 2);
        assertThat(draft.spec().at("/layers/0")).hasToString("{\"cell\":\"gru\",\"units\":2,\"resetAfter\":false}");
    }

    @Test
    void shouldTreatLinearBeforeResetAsOurDefault() {
        CompleteDraft draft = read(weights(3)
                .node("GRU", "X W R", "Y", RawOnnx.attribute("linear_before_reset", 1))
                .outputs("Y"));

        assertThat(draft.spec().at("/layers/0")).hasToString("{\"cell\":\"gru\",\"units\":2}");
        assertThat(draft.layers().get(0)).containsOnlyKeys("weight_ih", "weight_hh");
    }

    @Test
    void shouldGiveAlphaAndBetaToThoseActivationsThatHaveThem() {
        CompleteDraft draft = read(weights(4)
                .node(
                        "LSTM",
                        "X W R",
                        "Y",
                        RawOnnx.textsAttribute("activations", "HardSigmoid", "Tanh", "Affine"),
                        RawOnnx.floatsAttribute("activation_alpha", 0.25f, 0.7f),
                        RawOnnx.floatsAttribute("activation_beta", 0.5f, 0.1f),
                        RawOnnx.attribute("clip", 1.5f),
                        RawOnnx.attribute("input_forget", 1))
                .outputs("Y"));

        assertThat(draft.spec().at("/layers/0"))
                .hasToString("{\"cell\":\"lstm\",\"units\":2,"
                        + "\"recurrentActivation\":{\"name\":\"hard_sigmoid\",\"alpha\":0.25,\"beta\":0.5},"
                        + "\"outputActivation\":{\"name\":\"affine\",\"alpha\":0.7,\"beta\":0.1},"
                        + "\"clip\":1.5,\"inputForget\":true}");
    }

    @Test
    void shouldWriteOnlyTheNameOfAnActivationWithItsDefaults() {
        CompleteDraft draft = read(weights(1)
                .node("RNN", "X W R", "Y", RawOnnx.textsAttribute("activations", "HardSigmoid"))
                .outputs("Y"));

        assertThat(draft.spec().at("/layers/0/activation").asText()).isEqualTo("hard_sigmoid");
    }

    @Test
    void shouldCreateAHeadWithoutParametersForALayerThatIsTheOutput() {
        CompleteDraft draft =
                read(weights(4).node("LSTM", "X W R B", "Y Y_h Y_c").outputs("Y", "Y_h", "Y_c"));

        assertThat(draft.spec().get("heads")).hasToString("[{\"name\":\"Y\",\"activation\":\"linear\"}]");
        assertThat(draft.heads().get(0)).isEmpty();
        assertThat(draft.spec().get("input")).hasToString("{\"encoding\":\"dense\",\"size\":3}");
    }

    /** Returns an LSTM whose outputs y are one vector for each step and sequence. */
    private static RawOnnx lstm() {
        return weights(4)
                .node("LSTM", "X W R B", "Y Y_h Y_c")
                .integers("one", 1)
                .node("Squeeze", "Y one", "y");
    }

    @Test
    void shouldFoldMatMulAddAndSoftmaxIntoAHead() {
        // Given
        RawOnnx raw = lstm().counted("D", 0, H, X)
                .counted("b", 5, X)
                .node("MatMul", "y D", "m")
                .node("Add", "b m", "a")
                .node("Softmax", "a", "probabilities", RawOnnx.attribute("axis", -1))
                .output("probabilities", "T", "B", X);

        // When
        CompleteDraft draft = read(raw);

        // Then
        assertThat(draft.spec().get("heads")).hasToString("[{\"name\":\"probabilities\",\"activation\":\"softmax\"}]");
        assertThat(draft.heads().get(0).get("weight").shape()).containsExactly(X, H);
        assertThat(draft.heads().get(0).get("weight").values()).containsExactly(0, 0.03f, 0.01f, 0.04f, 0.02f, 0.05f);
        assertThat(draft.heads().get(0).get("bias").values()).containsExactly(5, 5.01f, 5.02f);
        assertThat(draft.spec().at("/input/encoding").asText()).isEqualTo("one-hot");
    }

    @Test
    void shouldReadSeveralHeadsWhereverTheyBranchOff() {
        // Given
        RawOnnx raw = lstm().counted("D", 0, H, 4)
                .counted("E", 1, 4, 2)
                .counted("F", 2, H, 1)
                .node("MatMul", "y D", "m")
                .node("Relu", "m", "r")
                .node("MatMul", "r E", "first")
                .node("MatMul", "y F", "f")
                .node("Sigmoid", "f", "second")
                .outputs("first", "second", "Y_h");

        // When
        CompleteDraft draft = read(raw);

        // Then
        assertThat(draft.spec().get("layers"))
                .hasToString(
                        "[{\"cell\":\"lstm\",\"units\":2},{\"cell\":\"dense\",\"units\":4,\"activation\":\"relu\"}]");
        assertThat(draft.spec().get("heads"))
                .hasToString("[{\"name\":\"first\",\"activation\":\"linear\"},"
                        + "{\"name\":\"second\",\"activation\":\"sigmoid\",\"from\":0}]");
    }

    @Test
    void shouldWriteOperatorsAroundTheRecurrenceAsLayersWithTheirSources() {
        // Given: normalised, and added to a part of itself that is concatenated with another part
        RawOnnx raw = lstm().counted("g", 1, H)
                .counted("h", 2, H)
                .node("LayerNormalization", "y g h", "n", RawOnnx.attribute("axis", -1))
                .node("Add", "n y", "s")
                .node("Split", "s", "p q", RawOnnx.attribute("axis", 2))
                .node("Concat", "q p", "c", RawOnnx.attribute("axis", 2))
                .node("Mul", "c y", "out")
                .outputs("out");

        // When
        JsonNode layers = read(raw).spec().get("layers");

        // Then
        assertThat(layers.findValuesAsText("cell"))
                .containsExactly("lstm", "layer_norm", "add", "slice", "slice", "concat", "multiply");
        assertThat(layers.get(1).has("from")).isFalse();
        assertThat(layers.get(2).get("from")).hasToString("[1,0]");
        assertThat(layers.get(3)).hasToString("{\"cell\":\"slice\",\"offset\":1,\"units\":1}");
        assertThat(layers.get(4)).hasToString("{\"cell\":\"slice\",\"offset\":0,\"units\":1,\"from\":[2]}");
        assertThat(layers.get(5).get("from")).hasToString("[3,4]");
        assertThat(layers.get(6).get("from")).hasToString("[5,0]");
    }

    @Test
    void shouldReadAnIndexThatPicksRowsAsAnEmbedding() {
        // Given
        RawOnnx raw = weights(4)
                .inputOf(7, "i", "B", "T")
                .counted("table", 0, 5, X)
                .node("Gather", "table i", "e")
                .node("Transpose", "e", "x", RawOnnx.integersAttribute("perm", 1, 0, 2))
                .node("LSTM", "x W R B", "Y")
                .outputs("Y");

        // When
        CompleteDraft draft = read(raw);

        // Then
        assertThat(draft.spec().get("input")).hasToString("{\"encoding\":\"one-hot\",\"size\":5}");
        assertThat(draft.spec().at("/layers/0")).hasToString("{\"cell\":\"embedding\",\"size\":3}");
        assertThat(draft.layers().get(0).get("weight").shape()).containsExactly(5, 3);
    }

    @Test
    void shouldFollowAWeightThatTheGraphPutsTogether() {
        // Given: W is cut, joined in another order and given a dimension, as PyTorch's newer exporter does
        RawOnnx raw = weights(4)
                .counted("torch", 0, 4 * H, X)
                .integers("zero", 0)
                .integers("half", 2 * H)
                .integers("all", 4 * H)
                .node("Slice", "torch zero half zero", "first")
                .node("Slice", "torch half all zero", "second")
                .node("Concat", "second first", "joined", RawOnnx.attribute("axis", 0))
                .node("Unsqueeze", "joined zero", "V")
                .node("LSTM", "X V R B", "Y")
                .outputs("Y");

        // When
        float[] values = read(raw).layers().get(0).get("weight_ih").values();

        // Then
        assertThat(Arrays.copyOf(values, 3)).containsExactly(0.12f, 0.13f, 0.14f);
    }

    @Test
    void shouldReadScaleAndShiftAsANormalisation() {
        // Given
        RawOnnx raw = weights(4)
                .floats("mean", new long[] {X}, 1, 2, 3)
                .floats("deviation", new long[] {X}, 2, 4, 8)
                .node("Sub", "X mean", "s")
                .node("Div", "s deviation", "x")
                .node("LSTM", "x W R B", "Y")
                .outputs("Y");

        // When
        CompleteDraft draft = read(raw);

        // Then
        assertThat(draft.spec().at("/layers/0")).hasToString("{\"cell\":\"batch_norm\",\"epsilon\":0.0}");
        assertThat(draft.layers().get(0).get("weight").values()).containsExactly(0.5f, 0.25f, 0.125f);
        assertThat(draft.layers().get(0).get("bias").values()).containsExactly(-0.5f, -0.5f, -0.375f);
        assertThat(draft.spec().at("/input/encoding").asText()).isEqualTo("dense");
    }

    @Test
    void shouldIgnoreAnArgMaxBesideTheValues() {
        CompleteDraft draft = read(lstm().node("Relu", "y", "out")
                .node("ArgMax", "out", "largest", RawOnnx.attribute("axis", 2))
                .outputs("largest", "out"));

        assertThat(draft.spec().get("heads")).hasToString("[{\"name\":\"out\",\"activation\":\"relu\"}]");
        assertThat(draft.notes()).contains("output largest is omitted, because it is the result of ArgMax");
    }

    @Test
    void shouldReportThatAFixedNumberOfStepsIsNoEvidence() {
        RawOnnx raw =
                weights(4).input("Z", 10, 1, X).node("LSTM", "Z W R B", "Y").outputs("Y");

        assertThat(read(raw).notes())
                .anyMatch(note -> note.startsWith("execution: carry") && note.contains("the 10 steps of the graph"));
    }

    @Test
    void shouldReadNodesInAnyOrder() {
        CompleteDraft draft = read(
                weights(4).node("Tanh", "Y", "out").node("LSTM", "X W R B", "Y").outputs("out"));

        assertThat(draft.spec().get("heads")).hasToString("[{\"name\":\"out\",\"activation\":\"tanh\"}]");
    }

    @Test
    void shouldPutSeveralInputsOneAfterTheOther() {
        // Given
        RawOnnx raw = new RawOnnx()
                .input("v", "B", "T", 2)
                .inputOf(7, "i", "B", "T")
                .counted("table", 0, 4, 1)
                .counted("W", 0, 1, 4 * H, X)
                .counted("R", 0, 1, 4 * H, H)
                .node("Gather", "table i", "e")
                .node("Concat", "v e", "c", RawOnnx.attribute("axis", -1))
                .node("Transpose", "c", "x", RawOnnx.integersAttribute("perm", 1, 0, 2))
                .node("LSTM", "x W R", "Y")
                .outputs("Y");

        // When
        JsonNode spec = read(raw).spec();

        // Then
        assertThat(spec.get("input"))
                .hasToString(
                        "{\"encoding\":\"fields\",\"size\":6,\"fields\":[{\"field\":\"/v\",\"encoding\":\"dense\",\"size\":2},"
                                + "{\"field\":\"/i\",\"encoding\":\"one-hot\",\"size\":4}]}");
        assertThat(spec.at("/layers/0")).hasToString("{\"cell\":\"slice\",\"offset\":0,\"units\":2}");
        assertThat(spec.at("/layers/1")).hasToString("{\"cell\":\"embedding\",\"size\":1,\"offset\":2,\"from\":[-1]}");
        assertThat(spec.at("/layers/2")).hasToString("{\"cell\":\"concat\",\"from\":[0,1]}");
    }

    @Test
    void shouldFollowLargeExternalWeightsThatTheGraphPutsTogether() throws IOException {
        // Given: a small file, whose weights of 5 million numbers are in a file beside it and are copied twice
        int inputs = 600_000;
        ByteBuffer bytes = ByteBuffer.allocate(4 * H * inputs * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(bytes.capacity() - Float.BYTES, 1.5f);
        Files.write(folder.resolve("weights.bin"), bytes.array());
        RawOnnx raw = new RawOnnx()
                .input("X", "T", "B", inputs)
                .graphField(
                        5,
                        RawOnnx.tensor(
                                "torch",
                                new long[] {4 * H, inputs},
                                1,
                                RawOnnx.external("location", "weights.bin"),
                                RawOnnx.isExternal()))
                .counted("R", 0, 1, 4 * H, H)
                .integers("zero", 0)
                .integers("half", 2 * H)
                .integers("all", 4 * H)
                .node("Slice", "torch zero half zero", "first")
                .node("Slice", "torch half all zero", "second")
                .node("Concat", "second first", "joined", RawOnnx.attribute("axis", 0))
                .node("Unsqueeze", "joined zero", "W")
                .node("LSTM", "X W R", "Y")
                .outputs("Y");

        // When
        float[] values = read(raw).layers().get(0).get("weight_ih").values();

        // Then: the last row is that of gate o, our last gate
        assertThat(values).hasSize(4 * H * inputs);
        assertThat(IntStream.range(0, values.length).filter(i -> values[i] == 1.5f))
                .containsExactly(4 * H * inputs - 1);
    }

    @Test
    void shouldNotMistakeARoundedInputForTheInput() {
        RawOnnx raw = weights(4)
                .node("Cast", "X", "i", RawOnnx.attribute("to", 7))
                .node("Cast", "i", "x", RawOnnx.attribute("to", 1))
                .node("LSTM", "x W R B", "Y")
                .outputs("Y");

        assertThatThrownBy(() -> read(raw)).isInstanceOf(Unsupported.class).hasMessageContaining("a cast to integers");
    }

    @Test
    void shouldNotGuessWhichAxisOfASumOfInputsIsThatOfAStep() {
        RawOnnx raw = weights(4)
                .input("U", "T", "B", X)
                .node("Add", "X U", "s")
                .node("LSTM", "s W R B", "Y")
                .outputs("Y");

        assertThatThrownBy(() -> read(raw)).isInstanceOf(ModelFileException.class);
    }

    /** An operator before any weights determines the axis of the features. */
    @Test
    void shouldFollowALayerNormalizationOfTheInput() {
        CompleteDraft draft = read(weights(4)
                .floats("g", new long[] {X}, 1, 2, 3)
                .floats("h", new long[] {X}, 4, 5, 6)
                .node("LayerNormalization", "X g h", "n", RawOnnx.attribute("axis", -1))
                .node("LSTM", "n W R B", "Y")
                .outputs("Y"));

        assertThat(draft.spec().at("/layers/0/cell").asText()).isEqualTo("layer_norm");
        assertThat(draft.layers().get(0).get("weight").values()).containsExactly(1, 2, 3);
        assertThat(draft.spec().at("/layers/1/cell").asText()).isEqualTo("lstm");
        assertThat(draft.spec().at("/input/size").asInt()).isEqualTo(X);
    }

    @Test
    void shouldReadTheNumberOfFeaturesFromTheNormalizationIfTheInputOmitsIt() {
        CompleteDraft draft = read(weights(4)
                .input("x", "T", "B", "F")
                .floats("g", new long[] {X}, 1, 2, 3)
                .node("LayerNormalization", "x g", "n")
                .node("LSTM", "n W R B", "Y")
                .outputs("Y"));

        assertThat(draft.spec().at("/input/size").asInt()).isEqualTo(X);
    }

    @Test
    void shouldFollowALayerNormalizationOfTheInputThatIsWrittenOut() {
        CompleteDraft draft = read(weights(4)
                .floats("two", new long[] {}, 2)
                .floats("e", new long[] {}, 0.5f)
                .floats("g", new long[] {X}, 1, 2, 3)
                .floats("h", new long[] {X}, 4, 5, 6)
                .node("ReduceMean", "X", "m", RawOnnx.integersAttribute("axes", -1))
                .node("Sub", "X m", "d")
                .node("Pow", "d two", "q")
                .node("ReduceMean", "q", "v", RawOnnx.integersAttribute("axes", -1))
                .node("Add", "v e", "ve")
                .node("Sqrt", "ve", "s")
                .node("Div", "d s", "z")
                .node("Mul", "z g", "zg")
                .node("Add", "zg h", "n")
                .node("LSTM", "n W R B", "Y")
                .outputs("Y")
                .versions(7, 14));

        assertThat(draft.spec().at("/layers/0")).hasToString("{\"cell\":\"layer_norm\",\"epsilon\":0.5}");
        assertThat(draft.layers().get(0).get("weight").values()).containsExactly(1, 2, 3);
        assertThat(draft.layers().get(0).get("bias").values()).containsExactly(4, 5, 6);
    }

    @Test
    void shouldFollowABatchNormalizationOfTheInputWhoseChannelsAreTheFeatures() {
        CompleteDraft draft = read(weights(4)
                .counted("g", 1, X)
                .node("Transpose", "X", "c", RawOnnx.integersAttribute("perm", 1, 2, 0))
                .node("BatchNormalization", "c g g g g", "n")
                .node("Transpose", "n", "t", RawOnnx.integersAttribute("perm", 2, 0, 1))
                .node("LSTM", "t W R B", "Y")
                .outputs("Y"));

        assertThat(draft.spec().at("/layers/0/cell").asText()).isEqualTo("batch_norm");
        assertThat(draft.layers().get(0).get("running_mean").values()).containsExactly(1, 1.01f, 1.02f);
        assertThat(draft.spec().at("/layers/1/cell").asText()).isEqualTo("lstm");
    }

    @Test
    void shouldRefuseABatchNormalizationOverTimeEvenOfAsManyStepsAsFeatures() {
        RawOnnx raw = new RawOnnx()
                .input("X", 1, X, X)
                .counted("g", 1, X)
                .counted("D", 0, X, 2)
                .node("BatchNormalization", "X g g g g", "n")
                .node("MatMul", "n D", "y")
                .outputs("y");

        assertThatThrownBy(() -> read(raw))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("another axis than the features");
    }

    @Test
    void shouldJoinInputsAlongTheirLastAxis() {
        CompleteDraft draft = read(weights(4)
                .input("a", "T", "B", X)
                .input("b", "T", "B", 1)
                .node("Mul", "a a", "aa")
                .node("Concat", "a aa b", "x", RawOnnx.attribute("axis", -1))
                .counted("D", 0, 2 * X + 1, X)
                .node("MatMul", "x D", "y")
                .node("LSTM", "y W R B", "Y")
                .outputs("Y"));

        assertThat(draft.spec().at("/input/size").asInt()).isEqualTo(X + 1);
        assertThat(draft.spec().at("/layers").findValuesAsText("cell"))
                .containsExactlyInAnyOrder("slice", "slice", "multiply", "concat", "dense", "lstm");
    }
}
