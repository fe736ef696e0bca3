package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Functions of a step's vector that become other layers. The importer compares each accepted graph with its layers, so
 * that an accepted graph has its own numbers.
 */
class OnnxFunctionsTest {
    private static final int H = 3;

    @TempDir
    Path folder;

    private CompleteDraft draft(RawOnnx raw) {
        CompleteDraft draft = Inference.complete(
                OnnxImporter.read(raw.write(folder), "model.onnx"), new ObjectMapper().createObjectNode());
        assertThat(draft.messages()).noneMatch(note -> note.contains("not compared"));
        return draft;
    }

    /** Returns an LSTM over x [T, B, 3], whose outputs y have the shape [T, B, H], and constants for other nodes. */
    private static RawOnnx lstm() {
        return new RawOnnx()
                .input("x", "T", "B", H)
                .counted("W", -0.3f, 1, 4 * H, H)
                .counted("R", -0.2f, 1, 4 * H, H)
                .counted("D", -0.1f, H, H)
                .floats("third", new long[] {1}, 1f / 3)
                .floats("low", new long[0], -0.1f)
                .floats("high", new long[0], 0.2f)
                .integers("last", -1)
                .integers("one", 1)
                .integers("two", 2)
                .integers("far", Long.MIN_VALUE + 1)
                .integers("order", 2, 0, 1)
                .node("LSTM", "x W R", "Y Yh Yc")
                .node("Squeeze", "Y one", "y");
    }

    private static Arguments graph(String name, UnaryOperator<RawOnnx> nodes) {
        return Arguments.of(name, nodes);
    }

    private static Stream<Arguments> functions() {
        return Stream.of(
                graph(
                        "GELU by tanh",
                        raw -> raw.versions(8, 20).node("Gelu", "y", "out", RawOnnx.attribute("approximate", "tanh"))),
                graph(
                        "SELU",
                        raw -> raw.node(
                                "Selu",
                                "y",
                                "out",
                                RawOnnx.attribute("alpha", 1.5f),
                                RawOnnx.attribute("gamma", 1.1f))),
                graph("CELU", raw -> raw.node("Celu", "y", "out", RawOnnx.attribute("alpha", 0.7f))),
                graph("a range", raw -> raw.node("Clip", "y low high", "out")),
                graph("a lower bound", raw -> raw.node("Clip", "y low", "out")),
                graph("an upper bound", raw -> raw.node("Clip", "y - high", "out")),
                graph("a maximum", raw -> raw.node("Max", "y third", "out")),
                graph("a slope", raw -> raw.node("PRelu", "y third", "out")),
                graph("a cube", raw -> raw.node("Mul", "y y", "square").node("Mul", "square y", "out")),
                graph(
                        "an equation",
                        raw -> raw.node("Einsum", "y D", "out", RawOnnx.attribute("equation", "tbh,hv->tbv"))),
                graph("a sum", raw -> raw.node("ReduceSum", "y last", "out")),
                graph(
                        "a mean",
                        raw -> raw.node("ReduceMean", "y", "m", RawOnnx.integersAttribute("axes", 2))
                                .node("Mul", "y m", "out")),
                graph(
                        "a softmax that is written" + " out",
                        raw -> raw.node("ReduceMax", "y", "m", RawOnnx.integersAttribute("axes", 2))
                                .node("Sub", "y m", "z")
                                .node("Exp", "z", "e")
                                .node("ReduceSum", "e last", "s")
                                .node("Div", "e s", "out")),
                graph("features in reverse order", raw -> raw.node("Slice", "y last far two last", "out")),
                graph(
                        "features in another order",
                        raw -> raw.node("Gather", "y" + " order", "out", RawOnnx.attribute("axis", 2))),
                graph(
                        "a convolution of one" + " place",
                        raw -> raw.node("Transpose", "y", "t", RawOnnx.integersAttribute("perm", 1, 2, 0))
                                .counted("K", -0.2f, 2, H, 1)
                                .node("Conv", "t K", "c")
                                .node("Transpose", "c", "out", RawOnnx.integersAttribute("perm", 2, 0, 1))),
                graph(
                        "a softplus with a threshold",
                        raw -> raw.floats("twenty", new long[0], 20)
                                .node("Softplus", "y", "p")
                                .node("Greater", "y twenty", "far_above")
                                .node("Where", "far_above y p", "out")),
                graph(
                        "a branch that is known",
                        raw -> raw.node("Shape", "y", "sizes")
                                .node("Gather", "sizes two", "size")
                                .integers("H", H)
                                .node("Equal", "size H", "is")
                                .node(
                                        "If",
                                        "is",
                                        "out",
                                        RawOnnx.graphAttribute(
                                                "then_branch",
                                                new RawOnnx()
                                                        .node("Tanh", "y", "a")
                                                        .outputs("a")
                                                        .graph()),
                                        RawOnnx.graphAttribute(
                                                "else_branch",
                                                new RawOnnx()
                                                        .node("Relu", "y", "b")
                                                        .outputs("b")
                                                        .graph()))),
                graph("a softmax of opset 11", raw -> raw.versions(8, 11).node("Softmax", "y", "out")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("functions")
    void shouldReadTheFunction(String name, UnaryOperator<RawOnnx> nodes) {
        RawOnnx raw = name.endsWith("opset 11") ? oldLstm() : lstm();

        assertThat(draft(nodes.apply(raw).outputs("out")).spec().get("layers").findValuesAsText("cell"))
                .contains("lstm");
    }

    /** Returns the LSTM with a Squeeze before opset 13. */
    private static RawOnnx oldLstm() {
        return new RawOnnx()
                .input("x", "T", "B", H)
                .counted("W", -0.3f, 1, 4 * H, H)
                .counted("R", -0.2f, 1, 4 * H, H)
                .node("LSTM", "x W R", "Y")
                .node("Squeeze", "Y", "y", RawOnnx.integersAttribute("axes", 1));
    }

    @Test
    void shouldReadOperatorsOfOpset6() {
        RawOnnx raw = oldLstm()
                .versions(3, 6)
                .counted("bias", 0.1f, H)
                .node("Dropout", "y", "d", RawOnnx.attribute("is_test", 1))
                .node("Add", "d bias", "b", RawOnnx.attribute("broadcast", 1), RawOnnx.attribute("axis", 2))
                .node("Clip", "b", "out", RawOnnx.attribute("min", 0f), RawOnnx.attribute("max", 0.5f));

        assertThat(draft(raw.outputs("out")).spec().at("/layers/0/cell").asText())
                .isEqualTo("lstm");
    }

    @Test
    void shouldReadOperatorsThatTheModelDefines() {
        RawOnnx raw = lstm().function("Leak", "LeakyRelu", "alpha")
                .node("own", "Leak", "y", "a", RawOnnx.attribute("alpha", 0.3f))
                .node("own", "Leak", "a", "b", RawOnnx.attribute("alpha", 0.4f))
                .node("MatMul", "b D", "out");

        JsonNode layers = draft(raw.outputs("out")).spec().get("layers");

        assertThat(layers.findValuesAsText("cell")).containsExactly("lstm", "activation", "activation");
        assertThat(layers.at("/1/activation/alpha").floatValue()).isEqualTo(0.3f);
        assertThat(layers.at("/2/activation/alpha").floatValue()).isEqualTo(0.4f);
    }

    @Test
    void shouldOmitLengthsThatSelectTheLastStep() {
        RawOnnx raw = lstm().inputOf(7, "lengths", "B")
                .integers("single", new long[0], new long[] {1})
                .integers("shape", 1, -1, 1)
                .integers("wide", 1, 1, H)
                .node("Sub", "lengths single", "end")
                .node("Reshape", "end shape", "places")
                .node("Expand", "places wide", "all")
                .node("GatherElements", "y all", "out", RawOnnx.attribute("axis", 0));

        CompleteDraft draft = draft(raw.outputs("out"));

        assertThat(draft.messages()).anyMatch(note -> note.startsWith("input lengths is omitted"));
    }

    @Test
    void shouldSayHowMuchHalfPrecisionChanges() {
        RawOnnx raw = lstm().node("Cast", "y", "half", RawOnnx.attribute("to", 10))
                .node("Cast", "half", "out", RawOnnx.attribute("to", 1));

        assertThat(draft(raw.outputs("out")).messages())
                .anyMatch(note -> note.matches(
                        "the graph computes in \\[FLOAT16], but lstm-streams in float32: in 10 steps on random"
                                + " inputs, the"
                                + " outputs differ by at most [1-9]\\.\\d+E-[4-6]"));
    }

    @Test
    void shouldGiveTrueReasons() {
        assertRefused(
                lstm().node("ReduceMean", "y", "out", RawOnnx.integersAttribute("axes", 0)),
                "combines the values along the steps of the sequence (dimension 0)");
        assertRefused(
                lstm().counted("K", 0, 2, H, 3)
                        .node("Transpose", "y", "t", RawOnnx.integersAttribute("perm", 1, 2, 0))
                        .node("Conv", "t K", "out"),
                "a convolution whose kernel has the places [3] along the steps of the sequence (dimension 2)");
        assertRefused(
                lstm().node("LSTM", "x W R - - Yh Yc", "out"),
                "is computed from the output of another recurrent layer, node #0 (LSTM), as in an encoder and a"
                        + " decoder");
        assertRefused(
                lstm().inputOf(7, "count", "B").node("Sub", "count one", "less").node("Gather", "y less", "out"),
                "reads the result of node #2 (Sub), which computes with integers");
        assertRefused(
                lstm().node("Einsum", "y y", "out", RawOnnx.attribute("equation", "tbh,tbh->tb")),
                "multiplies two computed values");
    }

    private void assertRefused(RawOnnx raw, String reason) {
        assertThatThrownBy(() -> draft(raw.outputs("out")))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining(reason)
                .message()
                .hasLineCount(1);
    }
}
