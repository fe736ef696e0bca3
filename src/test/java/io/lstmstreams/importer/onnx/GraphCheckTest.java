package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.importer.onnx.run.GraphRunner;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs of one step whose states are not what the cells in them suggest. */
class GraphCheckTest {
    private static final int H = 4;
    private static final int X = 3;
    private static final int V = 5;

    @TempDir
    Path folder;

    private CompleteDraft read(RawOnnx raw) {
        return Inference.complete(
                OnnxImporter.read(raw.write(folder), "model.onnx"), new ObjectMapper().createObjectNode());
    }

    private static float[] weights(int count, int seed) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) Math.sin(seed + 1.7 * i);
        }
        return weights;
    }

    /** Returns one step of an LSTM with a softmax of its output; its states are inputs and its next states h1 and c1. */
    private static RawOnnx step(int inputs) {
        return new RawOnnx()
                .input("h", 1, 1, H)
                .input("c", 1, 1, H)
                .floats("W", new long[] {1, 4 * H, inputs}, weights(4 * H * inputs, 1))
                .floats("R", new long[] {1, 4 * H, H}, weights(4 * H * H, 2))
                .floats("D", new long[] {H, V}, weights(H * V, 3))
                .floats("half", new long[] {1}, 0.5f);
    }

    private static RawOnnx lstm(RawOnnx raw, String x) {
        return raw.node("LSTM", x + " W R - - h c", "Y h1 c1")
                .node("MatMul", "h1 D", "logits")
                .node("Softmax", "logits", "probs");
    }

    private void assertRefused(RawOnnx raw, String reason) {
        assertThatThrownBy(() -> read(raw))
                .isInstanceOf(Unsupported.class)
                .hasMessageStartingWith("model.onnx: ")
                .hasMessageContaining(reason)
                .message()
                .hasLineCount(1);
    }

    @Test
    void shouldAcceptAGraphWhoseStateOutputsAreItsCellsStates() {
        RawOnnx raw = lstm(step(X).input("x", 1, 1, X), "x").outputs("probs", "h1", "c1");

        assertThat(read(raw).notes()).noneMatch(note -> note.contains("not compared"));
    }

    @Test
    void shouldRefuseAStateOutputThatIsAFunctionOfTheState() {
        RawOnnx raw = lstm(step(X).input("x", 1, 1, X), "x")
                .node("Mul", "h1 half", "hn")
                .node("Identity", "c1", "cn")
                .outputs("probs", "hn", "cn");

        assertRefused(raw, "its output probs at step 2 differs by ");
    }

    @Test
    void shouldRefuseStatesThatAreCrossed() {
        RawOnnx raw = lstm(step(X).input("x", 1, 1, X), "x")
                .node("Identity", "c1", "hn")
                .node("Identity", "h1", "cn")
                .outputs("probs", "hn", "cn");

        assertRefused(raw, "its output probs at step 2 differs by ");
    }

    @Test
    void shouldRefuseAStateThatNoCellHas() {
        RawOnnx raw = step(X + 1)
                .input("x", 1, 1, X)
                .input("age", 1, 1, 1)
                .node("Concat", "x age", "both", RawOnnx.attribute("axis", 2))
                .node("Add", "age half", "age_next");

        assertRefused(
                lstm(raw, "both").outputs("probs", "h1", "c1", "age_next"),
                "its output age_next, the result of node #1 (Add), has the form of its input age and is computed without");
    }

    @Test
    void shouldRunEveryOperatorThatCanBeTranslated() {
        OnnxModel model = OnnxModel.read(
                lstm(step(X).input("x", 1, 1, X), "x").outputs("probs").write(folder), "model.onnx");
        Budget budget = new Budget("model.onnx", model.bytes());
        Expressions expressions = new Expressions("model.onnx", budget);
        UnrolledLoops unrolled = new UnrolledLoops(expressions, new CellPatterns(expressions));

        Set<String> translated = new Interpreter(
                        "model.onnx", model, budget, expressions, unrolled, new TimeAndStates())
                .operatorNames();

        assertThat(GraphRunner.operatorNames()).containsAll(translated);
    }
}
