package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs that cannot run one step at a time, contradict themselves, or would require too much memory. */
class OnnxRefusalTest {
    @TempDir
    Path folder;

    private void assertRefused(RawOnnx raw, Class<? extends ModelFileException> how, String reason) {
        Path path = raw.write(folder);

        assertThatThrownBy(() -> Inference.complete(
                        OnnxImporter.read(path, "model.onnx"), new ObjectMapper().createObjectNode()))
                .isInstanceOf(how)
                .message()
                .startsWith("model.onnx: ")
                .contains(reason)
                .hasLineCount(1);
    }

    private static RawOnnx weights(int gates) {
        return OnnxImporterTest.weights(gates);
    }

    /** Returns an LSTM whose outputs y are one vector for each step and sequence. */
    private static RawOnnx lstm() {
        return weights(4)
                .node("LSTM", "X W R B", "Y Y_h Y_c")
                .integers("one", 1)
                .node("Squeeze", "Y one", "y")
                .integers("zero", 0)
                .counted("D", 0, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reverse", "bidirectional"})
    void shouldRefuseGraphsThatReadASequenceFromItsEnd(String direction) {
        RawOnnx raw = weights(3).node("GRU", "X W R B", "Y", RawOnnx.attribute("direction", direction));

        assertRefused(raw.outputs("Y"), Unsupported.class, "direction=" + direction);
    }

    @ParameterizedTest
    @CsvSource({
        "ConvTranspose, a transposed or deformable convolution is not supported",
        "GlobalAveragePool, pooling combines neighbouring places of its input",
        "ReduceL2, a reduction other than a sum",
        "ReduceMax, ReduceMax: combines the values along the steps of the sequence (dimension 0);",
        "Loop, runs a graph of its own in a loop",
        "DequantizeLinear, its numbers are quantised to integers",
        "Mystery, the operator is not supported"
    })
    void shouldRefuseOperatorsByName(String operator, String reason) {
        assertRefused(
                lstm().node(operator, "y", "out").outputs("out"), Unsupported.class, "(" + operator + "): " + reason);
    }

    @Test
    void shouldRefuseOperatorsOfOtherDomainsByName() {
        RawOnnx raw = weights(4).node("com.example", "LSTM", "X W R B", "Y").outputs("Y");

        assertRefused(raw, Unsupported.class, "the operator belongs to the domain com.example");
    }

    @Test
    void shouldRefuseOperatorsThatMixSteps() {
        List<UnaryOperator<RawOnnx>> mixed = List.of(
                raw -> raw.node("ReduceMean", "y", "out", RawOnnx.integersAttribute("axes", 0)),
                raw -> raw.node("Gather", "y zero", "out", RawOnnx.attribute("axis", 0)),
                raw -> raw.integers("last", -1).node("Slice", "y zero last zero", "out"),
                raw -> raw.integers("back", -1)
                        .integers("far", Long.MIN_VALUE)
                        .node("Slice", "y back far zero back", "out"),
                raw -> raw.node("Transpose", "y", "t", RawOnnx.integersAttribute("perm", 1, 2, 0))
                        .node("MatMul", "y t", "out"),
                raw -> raw.node("Transpose", "y", "t", RawOnnx.integersAttribute("perm", 1, 2, 0))
                        .counted("E", 0, 5, 2)
                        .node("MatMul", "t E", "out"),
                raw -> raw.node("Add", "y Y_h", "out"),
                raw -> raw.node("Softmax", "y", "out", RawOnnx.attribute("axis", 0)),
                raw -> raw.counted("places", 0, 4, 1, 2).node("Add", "y places", "out"),
                raw -> raw.node("Concat", "y Y_h", "out", RawOnnx.attribute("axis", 0)));

        for (UnaryOperator<RawOnnx> mix : mixed) {
            assertRefused(mix.apply(lstm()).outputs("out"), Unsupported.class, "model.onnx: node #");
        }
    }

    @Test
    void shouldRefuseAnEncoderAndADecoder() {
        RawOnnx second = lstm().counted("V", 0, 1, 8, 2);

        assertRefused(second.node("LSTM", "Y_h V R", "Z").outputs("Z"), Unsupported.class, "encoder and a decoder");
    }

    @Test
    void shouldRefuseTheStateOfAnotherLayerAsAStart() {
        RawOnnx raw = lstm().input("U", "S", "B", 3);

        assertRefused(
                raw.node("LSTM", "U W R B - Y_h Y_c", "Z").outputs("Z"), Unsupported.class, "encoder and a decoder");
    }

    @Test
    void shouldRefuseALearnedStart() {
        RawOnnx raw = weights(4).floats("h", new long[] {1, 1, 2}, 0.5f, 0);

        assertRefused(raw.node("LSTM", "X W R B - h", "Y").outputs("Y"), Unsupported.class, "must be zero");
    }

    @Test
    void shouldRefuseAStateOfAnotherSizeThanTheLayers() {
        RawOnnx raw = weights(4).input("h", 1, 1, 2).input("c", 1, 1, 5);

        assertRefused(
                raw.node("LSTM", "X W R B - h c", "Y").outputs("Y"),
                Malformed.class,
                "initial_c must have 2 elements, its hidden_size, but has 5");
    }

    @Test
    void shouldRefuseSequenceLengthsThatLeaveStepsOut() {
        RawOnnx raw = weights(4).integers("lengths", 2);

        assertRefused(raw.node("LSTM", "X W R B lengths", "Y").outputs("Y"), Unsupported.class, "sequence_lens");
    }

    @Test
    void shouldRefuseTheStateCOutsideOfItsCell() {
        assertRefused(lstm().node("MatMul", "Y_c D", "out").outputs("out"), Unsupported.class, "the state c");
    }

    @Test
    void shouldRefuseWeightsThatDoNotFitEachOther() {
        RawOnnx raw = weights(4).counted("S", 0, 1, 8, 3);

        assertRefused(
                raw.node("LSTM", "X W S B", "Y").outputs("Y"),
                Malformed.class,
                "its W must have shape [1, 12, 3], but has [1, 8, 3]");
        assertRefused(
                weights(4).counted("C", 0, 1, 8).node("LSTM", "X W R C", "Y").outputs("Y"),
                Malformed.class,
                "its B must have shape [1, 16], but has [1, 8]");
        assertRefused(
                weights(4)
                        .node("LSTM", "X W R B", "Y", RawOnnx.attribute("hidden_size", 3))
                        .outputs("Y"),
                Malformed.class,
                "its hidden_size must fit its weights, but is 3");
    }

    @Test
    void shouldRefuseWeightsOfAnotherTypeThanTheInput() {
        RawOnnx raw = weights(4)
                .graphField(
                        5,
                        RawOnnx.tensor("V", new long[] {1, 8, 3}, 11, RawOnnx.field(9, new byte[24 * Double.BYTES])));

        assertRefused(raw.node("LSTM", "X V R B", "Y").outputs("Y"), Malformed.class, "are DOUBLE and FLOAT");
    }

    @Test
    void shouldRefuseAWeightThatIsNoFiniteNumber() {
        float[] values = new float[24];
        values[9] = Float.NaN;

        assertRefused(
                weights(4)
                        .floats("V", new long[] {1, 8, 3}, values)
                        .node("LSTM", "X V R B", "Y")
                        .outputs("Y"),
                Malformed.class,
                "of tensor V must be a finite number, but is NaN");
    }

    @Test
    void shouldRefuseUnknownActivationsAndMissingParameters() {
        assertRefused(
                weights(1)
                        .node("RNN", "X W R", "Y", RawOnnx.textsAttribute("activations", "Mish"))
                        .outputs("Y"),
                Unsupported.class,
                "activation Mish");
        assertRefused(
                weights(1)
                        .node("RNN", "X W R", "Y", RawOnnx.textsAttribute("activations", "ScaledTanh"))
                        .outputs("Y"),
                Unsupported.class,
                "the defaults of runtimes differ");
    }

    @Test
    void shouldRefuseAGraphWithACycleOrAGap() {
        assertRefused(
                weights(4).node("Tanh", "b", "a").node("Tanh", "a", "b").outputs("a"), Malformed.class, "a cycle");
        assertRefused(weights(4).node("LSTM", "X V R B", "Y").outputs("Y"), Malformed.class, "computes the value V");
        assertRefused(weights(4).outputs("Q"), Malformed.class, "computes the value Q");
    }

    @Test
    void shouldRefuseAmbiguousNames() {
        assertRefused(lstm().node("Tanh", "y", "Y").outputs("Y"), Malformed.class, "two values with the name Y");
        assertRefused(lstm().counted("W", 0, 1).outputs("Y"), Malformed.class, "two initializers with the name W");
        assertRefused(lstm().input("X", 1, 1, 3).outputs("Y"), Malformed.class, "two inputs with the name X");
    }

    @Test
    void shouldRefuseAnOutputThatIsDeclaredOtherwise() {
        RawOnnx raw = weights(4).node("LSTM", "X W R B", "Y").output("Y", "T", 1, "B", 7);

        assertRefused(raw, Malformed.class, "the declared shape and type of its output Y");
    }

    @Test
    void shouldRefuseAGraphWithoutARecurrentLayer() {
        RawOnnx raw = weights(4).counted("D", 0, 3, 3).node("MatMul", "X D", "out");

        assertRefused(raw.outputs("out"), Unsupported.class, "does not contain a recurrent layer");
    }

    @Test
    void shouldRefuseUnknownVersions() {
        assertRefused(
                lstm().outputs("Y").versions(8, 9999), Unsupported.class, "opset must be at most 28, but is 9999");
        assertRefused(
                lstm().outputs("Y").versions(99, 17), Unsupported.class, "ir_version must be at most 20, but is 99");
        assertRefused(lstm().outputs("Y").versions(0, 17), Malformed.class, "ir_version is missing");
        assertRefused(
                lstm().outputs("Y").domain("ai.onnx.ml"), Unsupported.class, "only those of the domains [ai.onnx.ml]");
    }

    @Test
    @Timeout(300)
    void shouldRefuseConstantsThatGrowOutOfProportion() {
        RawOnnx doubling = weights(4).counted("a0", 0, 16);
        for (int i = 0; i < 40; i++) {
            doubling.node("Concat", "a" + i + " a" + i, "a" + (i + 1), RawOnnx.attribute("axis", 0));
        }
        assertRefused(doubling.outputs("a40"), Unsupported.class, "much larger than the file");

        RawOnnx vast = weights(4)
                .integers("sizes", 1L << 20, 1L << 20, 1L << 20)
                .node("ConstantOfShape", "sizes", "c")
                .node("Add", "X c", "out");
        assertRefused(vast.outputs("out"), Unsupported.class, "much larger than the file");

        RawOnnx stretched = weights(4)
                .integers("sizes", 1L << 40)
                .counted("s", 0, 1)
                .node("Expand", "s sizes", "c")
                .node("Add", "X c", "out");
        assertRefused(stretched.outputs("out"), Unsupported.class, "much larger than the file");

        RawOnnx counted = weights(4)
                .integers("from", new long[0], new long[] {0})
                .integers("to", new long[0], new long[] {1L << 62})
                .integers("by", new long[0], new long[] {1})
                .node("Range", "from to by", "c");
        assertRefused(counted.outputs("c"), Unsupported.class, "much larger than the file");
    }

    @Test
    @Timeout(300)
    void shouldRefuseGraphsThatAreTooDeepOrTooWide() {
        RawOnnx deep = lstm();
        RawOnnx wide = lstm();
        RawOnnx shared = lstm();
        String at = "y";
        for (int i = 0; i < 5000; i++) {
            deep.node(i % 2 == 0 ? "Tanh" : "Sigmoid", at, "d" + i);
            wide.counted("b" + i, i, 2).node("Tanh", "y", "t" + i);
            at = "d" + i;
        }
        assertRefused(deep.outputs(at), Unsupported.class, "exceeds a limit");

        String sum = "y";
        for (int i = 0; i < 200; i++) {
            wide.node("Mul", "y b" + i, "w" + i).node("Add", sum + " w" + i, "s" + i);
            sum = "s" + i;
        }
        assertRefused(wide.outputs(sum), Unsupported.class, "exceeds a limit");

        String product = "y";
        for (int i = 0; i < 100; i++) {
            shared.node("Tanh", product, "p" + i).node("Mul", product + " p" + i, "q" + i);
            product = "q" + i;
        }
        shared.node("Gather", product + " zero", "first", RawOnnx.attribute("axis", 0));
        assertRefused(shared.outputs("first"), Unsupported.class, "only the last step of a sequence");
    }
}
