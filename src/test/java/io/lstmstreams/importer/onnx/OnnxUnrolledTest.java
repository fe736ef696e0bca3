package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loops over time that are unrolled step by step: h' = tanh(x W + h U + b). */
class OnnxUnrolledTest {
    private static final int STEPS = 4;

    @TempDir
    Path folder;

    private CompleteDraft read(RawOnnx raw) {
        return Inference.complete(
                OnnxImporter.read(raw.write(folder), "model.onnx"), new ObjectMapper().createObjectNode());
    }

    /** The ways in which unrolled nodes are not a loop. */
    private enum Fault {
        NONE,
        OTHER_WEIGHTS,
        OTHER_ACTIVATION,
        OTHER_ORDER,
        FROM_THE_END,
        A_STEP_LEFT_OUT,
        NO_ZERO_START
    }

    private static RawOnnx loop(Fault fault) {
        List<Integer> order = List.of(0, 1, 2, 3);
        if (fault == Fault.OTHER_ORDER) {
            order = List.of(0, 2, 1, 3);
        } else if (fault == Fault.FROM_THE_END) {
            order = List.of(3, 2, 1, 0);
        } else if (fault == Fault.A_STEP_LEFT_OUT) {
            order = List.of(0, 1, 3);
        }
        float start = fault == Fault.NO_ZERO_START ? 1 : 0;
        RawOnnx raw = new RawOnnx()
                .input("x", STEPS, 1, 3)
                .counted("W", 1, 3, 2)
                .counted("U", 2, 2, 2)
                .counted("V", 3, 2, 2)
                .counted("b", 4, 2)
                .floats("h", new long[] {1, 2}, start, start);
        String h = "h";
        for (int step : order) {
            boolean odd = step == 2;
            raw.integers("k" + step, new long[0], new long[] {step})
                    .node("Gather", "x k" + step, "x" + step, RawOnnx.attribute("axis", 0))
                    .node("MatMul", "x" + step + " W", "a" + step)
                    .node("MatMul", h + (odd && fault == Fault.OTHER_WEIGHTS ? " V" : " U"), "r" + step)
                    .node("Add", "a" + step + " r" + step, "s" + step)
                    .node("Add", "s" + step + " b", "z" + step)
                    .node(odd && fault == Fault.OTHER_ACTIVATION ? "Relu" : "Tanh", "z" + step, "h" + step);
            h = "h" + step;
        }
        return raw.counted("D", 5, 2, 3).node("MatMul", h + " D", "out").outputs("out", h);
    }

    @Test
    void shouldReadALoopAsOneLayer() {
        CompleteDraft draft = read(loop(Fault.NONE));

        assertThat(draft.spec().get("layers")).hasToString("[{\"cell\":\"rnn\",\"units\":2}]");
        assertThat(draft.layers().get(0)).containsOnlyKeys("weight_ih", "weight_hh", "bias_ih");
        assertThat(draft.layers().get(0).get("weight_hh").values()).containsExactly(2, 2.02f, 2.01f, 2.03f);
        assertThat(draft.spec().get("heads")).hasToString("[{\"name\":\"out\",\"activation\":\"linear\"}]");
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldRefuseALoopWhoseStepsAreNotTheSame(Fault fault) {
        assertThatThrownBy(() -> read(loop(fault)))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("only the last step of a sequence is available one step at a time");
    }
}
