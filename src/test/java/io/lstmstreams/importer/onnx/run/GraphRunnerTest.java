package io.lstmstreams.importer.onnx.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.importer.onnx.format.OnnxType;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators on numbers that can be checked by hand. */
class GraphRunnerTest {
    @TempDir
    Path folder;

    /** Runs a graph whose input x has the values 0, 1, 2 and so on, and returns its output y. */
    private NdArray run(RawOnnx raw, int... shape) {
        OnnxModel model = OnnxModel.read(raw.write(folder), "model.onnx");
        double[] values = new double[NdArray.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        NdArray x = new NdArray(OnnxType.FLOAT, shape, values);
        return new GraphRunner(model, model.graph().nodes())
                .run(Map.of("x", x), true)
                .get("y");
    }

    private static RawOnnx graph() {
        return new RawOnnx().input("x", 2, 3);
    }

    @Test
    void shouldRepeatOperandsToACommonShape() {
        NdArray y = run(
                graph().floats("b", new long[] {2, 1}, 10, 20)
                        .node("Add", "x b", "y")
                        .outputs("y"),
                2,
                3);

        assertThat(y.values()).containsExactly(10, 11, 12, 23, 24, 25);
    }

    @Test
    void shouldMultiplyMatrices() {
        NdArray y = run(
                graph().floats("w", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
                        .node("MatMul", "x w", "y")
                        .outputs("y"),
                2,
                3);

        assertThat(y.shape()).containsExactly(2, 2);
        assertThat(y.values()).containsExactly(13, 16, 40, 52);
    }

    @Test
    void shouldSumProductsByAnEquation() {
        NdArray y = run(
                graph().floats("w", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
                        .node("Einsum", "x w", "y", RawOnnx.attribute("equation", "bh,hv->vb"))
                        .outputs("y"),
                2,
                3);

        assertThat(y.values()).containsExactly(13, 40, 16, 52);
    }

    @Test
    void shouldSliceBackwardsAndFromTheEnd() {
        NdArray y = run(
                graph().integers("starts", -1)
                        .integers("ends", -4)
                        .integers("axes", 1)
                        .integers("steps", -2)
                        .node("Slice", "x starts ends axes steps", "y")
                        .outputs("y"),
                2,
                3);

        assertThat(y.values()).containsExactly(2, 0, 5, 3);
    }

    @Test
    void shouldTakeSeveralAxesForOneVectorInTheSoftmaxOfOldGraphs() {
        RawOnnx old = new RawOnnx().versions(6, 11).input("x", 1, 2, 2);
        NdArray y =
                run(old.node("Softmax", "x", "y", RawOnnx.attribute("axis", 1)).outputs("y"), 1, 2, 2);

        double total = 1 + Math.E + Math.exp(2) + Math.exp(3);
        assertThat(y.values())
                .containsExactly(
                        new double[] {1 / total, Math.E / total, Math.exp(2) / total, Math.exp(3) / total},
                        within(1e-12));
    }

    @Test
    void shouldRoundToHalfPrecisionWhereAGraphCasts() {
        NdArray y = run(
                graph().floats("third", new long[] {1}, 1f / 3)
                        .node("Add", "x third", "sum")
                        .node("Cast", "sum", "half", RawOnnx.attribute("to", 10))
                        .node("Cast", "half", "y", RawOnnx.attribute("to", 1))
                        .outputs("y"),
                2,
                3);

        assertThat(y.values()).startsWith(0.333251953125, 1.3330078125, 2.333984375);
    }

    @Test
    void shouldRunAnRnnBackwardsToo() {
        RawOnnx raw = new RawOnnx()
                .input("x", 3, 1, 1)
                .floats("W", new long[] {1, 1, 1}, 1)
                .floats("R", new long[] {1, 1, 1}, 1)
                .node("RNN", "x W R", "y", RawOnnx.attribute("direction", "reverse"))
                .outputs("y");

        double last = Math.tanh(2);
        double middle = Math.tanh(1 + last);
        assertThat(run(raw, 3, 1, 1).values())
                .containsExactly(new double[] {Math.tanh(middle), middle, last}, within(1e-12));
    }

    @Test
    void shouldNameTheNodeThatCannotBeRun() {
        RawOnnx raw = graph().floats("w", new long[] {2, 2}, 1, 2, 3, 4)
                .node("MatMul", "x w", "y")
                .outputs("y");

        assertThatThrownBy(() -> run(raw, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(MatMul)")
                .hasMessageContaining("[2, 3] and [2, 2]");
    }
}
