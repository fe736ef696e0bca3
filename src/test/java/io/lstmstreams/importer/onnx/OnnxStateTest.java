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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Graphs of one step whose states are packed in one tensor, and cells that are written out. The importer compares each
 * accepted graph with the layers that it found, so that a graph that is accepted has its own numbers.
 */
class OnnxStateTest {
    private static final int H = 4;
    private static final int X = 3;

    @TempDir
    Path folder;

    private JsonNode layers(RawOnnx raw) {
        CompleteDraft draft = Inference.complete(
                OnnxImporter.read(raw.write(folder), "model.onnx"), new ObjectMapper().createObjectNode());
        assertThat(draft.messages()).noneMatch(note -> note.contains("not compared"));
        return draft.spec().get("layers");
    }

    private void assertRefused(RawOnnx raw, String reason) {
        assertThatThrownBy(() -> layers(raw))
                .isInstanceOf(Unsupported.class)
                .hasMessageStartingWith("model.onnx: ")
                .hasMessageContaining(reason)
                .message()
                .hasLineCount(1);
    }

    private static float[] numbers(int count, int seed) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) Math.sin(seed + 1.7 * i);
        }
        return numbers;
    }

    private static RawOnnx matrix(RawOnnx raw, String name, int rows, int columns, int seed) {
        return raw.floats(name, new long[] {rows, columns}, numbers(rows * columns, seed));
    }

    private static RawOnnx weights(int gates) {
        return new RawOnnx()
                .floats("W", new long[] {1, gates * H, X}, numbers(gates * H * X, 1))
                .floats("R", new long[] {1, gates * H, H}, numbers(gates * H * H, 2))
                .floats("D", new long[] {H, 2}, numbers(H * 2, 3))
                .integers("H", H)
                .integers("zero", 0)
                .integers("one", 1)
                .integers("two", 2)
                .integers("end", 2 * H)
                .integers("stacked", 2, 1, H)
                .integers("flat", 1, 2 * H);
    }

    /** Returns an LSTM whose state is h and c, one after the other, in an input state [1, 2H]. */
    private static RawOnnx flat(RawOnnx raw) {
        return raw.input("x", 1, 1, X).node("LSTM", "x W R - - h c", "Y h1 c1").node("MatMul", "h1 D", "y");
    }

    @Test
    void shouldFollowAStateThatIsSlicedFromOneVector() {
        RawOnnx raw = weights(4)
                .input("state", 1, 2 * H)
                .node("Slice", "state zero H one", "hs")
                .node("Slice", "state H end one", "cs")
                .node("Unsqueeze", "hs zero", "h")
                .node("Unsqueeze", "cs zero", "c");
        flat(raw)
                .node("Concat", "h1 c1", "next", RawOnnx.attribute("axis", 2))
                .node("Squeeze", "next" + " zero", "state_out");

        assertThat(layers(raw.outputs("y", "state_out")).findValuesAsText("cell"))
                .containsExactly("lstm");
    }

    @Test
    void shouldFollowAStateThatIsReshapedToTwoVectors() {
        RawOnnx raw = weights(4)
                .input("state", 1, 2 * H)
                .node("Reshape", "state stacked", "both")
                .node("Slice", "both zero one zero", "h")
                .node("Slice", "both one two zero", "c");
        flat(raw)
                .node("Concat", "h1 c1", "next", RawOnnx.attribute("axis", 0))
                .node("Reshape", "next" + " flat", "state_out");

        assertThat(layers(raw.outputs("y", "state_out")).findValuesAsText("cell"))
                .containsExactly("lstm");
    }

    @Test
    void shouldRefuseAPackedStateInAnotherOrder() {
        RawOnnx raw = weights(4)
                .input("state", 1, 2 * H)
                .node("Reshape", "state stacked", "both")
                .node("Slice", "both zero one zero", "h")
                .node("Slice", "both one two zero", "c");
        flat(raw)
                .node("Concat", "c1 h1", "next", RawOnnx.attribute("axis", 0))
                .node("Reshape", "next" + " flat", "state_out");

        assertRefused(
                raw.outputs("y", "state_out"),
                "its output state_out, which replaces its input state, has states of its cells, but not those"
                        + " of the cells"
                        + " that read state, or in another order");
    }

    @Test
    void shouldRefuseAStateThatTheGraphHandsOverBetweenPartsOfASequence() {
        RawOnnx raw = flat(weights(4).input("h", 1, 1, H).input("c", 1, 1, H).floats("half", new long[] {1}, 0.5f))
                .node("Mul", "c1 half", "c_out")
                .node("Identity", "h1", "h_out");
        RawOnnx sequence = new RawOnnx()
                .floats("W", new long[] {1, 4 * H, X}, numbers(4 * H * X, 1))
                .floats("R", new long[] {1, 4 * H, H}, numbers(4 * H * H, 2))
                .floats("half", new long[] {1}, 0.5f)
                .input("x", "T", 1, X)
                .input("h", 1, 1, H)
                .input("c", 1, 1, H)
                .node("LSTM", "x W R - - h c", "Y h1 c1")
                .node("Mul", "h1 half", "h_out")
                .node("Identity", "c1", "c_out");

        assertRefused(raw.outputs("y", "h_out", "c_out"), "its output c_out, which replaces its input c");
        assertRefused(sequence.outputs("Y", "h_out", "c_out"), "its output h_out, which replaces its input h");
    }

    /** Returns a gate's sum W x + U h + b. */
    private static RawOnnx sum(RawOnnx raw, String gate, int state, int seed) {
        matrix(raw, "W" + gate, X, H, seed);
        matrix(raw, "U" + gate, state, H, seed + 1);
        return raw.floats("b" + gate, new long[] {H}, numbers(H, seed + 2))
                .node("MatMul", "x W" + gate, "wx" + gate)
                .node("MatMul", "h U" + gate, "uh" + gate)
                .node("Add", "wx" + gate + " uh" + gate, "s" + gate)
                .node("Add", "s" + gate + " b" + gate, gate + "0");
    }

    private static RawOnnx written(int state) {
        return new RawOnnx()
                .input("x", 1, X)
                .input("h", 1, state)
                .floats("ones", new long[] {1}, 1)
                .floats("D", new long[] {state, 2}, numbers(2 * state, 3));
    }

    private static RawOnnx lstm(RawOnnx raw, int state) {
        raw.input("c", 1, H);
        for (String gate : new String[] {"i", "f", "g", "o"}) {
            sum(raw, gate, state, gate.charAt(0));
        }
        return raw;
    }

    /** Adds c' = f * c + i * g from the gates i, f and g0. */
    private static RawOnnx cellState(RawOnnx raw) {
        return raw.node("Tanh", "g0", "g")
                .node("Mul", "f c", "fc")
                .node("Mul", "i g", "ig")
                .node("Add", "fc ig", "c_out")
                .node("Tanh", "c_out", "t");
    }

    @Test
    void shouldReadPeepholesThatAreWrittenOut() {
        RawOnnx raw = lstm(written(H), H);
        for (String gate : new String[] {"i", "f", "o"}) {
            raw.floats("p" + gate, new long[] {H}, numbers(H, gate.charAt(0)));
        }
        raw.node("Mul", "c pi", "ci").node("Add", "i0 ci", "i1").node("Sigmoid", "i1", "i");
        raw.node("Mul", "pf c", "cf").node("Add", "f0 cf", "f1").node("Sigmoid", "f1", "f");
        cellState(raw).node("Mul", "c_out po", "co").node("Add", "o0 co", "o1").node("Sigmoid", "o1", "o");
        raw.node("Mul", "o t", "h_out").node("MatMul", "h_out D", "y");

        JsonNode layer = layers(raw.outputs("y", "h_out", "c_out")).get(0);

        assertThat(layer.get("peepholes").booleanValue()).isTrue();
    }

    @Test
    void shouldReadGatesThatAreCoupled() {
        RawOnnx raw = lstm(written(H), H).node("Sigmoid", "f0", "f").node("Sub", "ones f", "i");
        cellState(raw).node("Sigmoid", "o0", "o").node("Mul", "o t", "h_out").node("MatMul", "h_out D", "y");

        assertThat(layers(raw.outputs("y", "h_out", "c_out")).findValuesAsText("cell"))
                .containsExactly("lstm");
    }

    @Test
    void shouldReadAProjectionEvenIfItIsAsLongAsTheCell() {
        for (int state : new int[] {2, H}) {
            RawOnnx raw = lstm(written(state), state).node("Sigmoid", "f0", "f").node("Sigmoid", "i0", "i");
            matrix(raw, "P", H, state, 9);
            cellState(raw).node("Sigmoid", "o0", "o").node("Mul", "o t", "m").node("MatMul", "m P", "h_out");

            JsonNode layer = layers(raw.node("MatMul", "h_out D", "y").outputs("y", "h_out", "c_out"))
                    .get(0);

            assertThat(layer.get("projection").intValue()).isEqualTo(state);
        }
    }

    private static RawOnnx gru(RawOnnx raw) {
        sum(raw, "z", H, 1);
        sum(raw, "r", H, 4);
        matrix(raw, "Wn", X, H, 7);
        matrix(raw, "Un", H, H, 8);
        return raw.node("Sigmoid", "z0", "z")
                .node("Sigmoid", "r0", "r")
                .node("MatMul", "x Wn", "wn")
                .node("Mul", "r h", "rh")
                .node("MatMul", "rh Un", "un")
                .node("Add", "wn un", "n0")
                .node("Tanh", "n0", "n")
                .node("Sub", "ones z", "rest");
    }

    @Test
    void shouldReadAGruWhoseUpdateGateIsSwapped() {
        RawOnnx swapped = gru(written(H))
                .node("Mul", "rest h", "kept")
                .node("Mul", "z n", "new")
                .node("Add", "kept new", "h_out")
                .node("MatMul", "h_out D", "y");
        RawOnnx moved = gru(written(H))
                .node("Sub", "n h", "way")
                .node("Mul", "z way", "part")
                .node("Add", "h part", "h_out")
                .node("MatMul", "h_out D", "y");

        assertThat(layers(swapped.outputs("y", "h_out")).findValuesAsText("cell"))
                .containsExactly("gru");
        assertThat(layers(moved.outputs("y", "h_out")).findValuesAsText("cell")).containsExactly("gru");
    }

    @Test
    void shouldReadAResidualSumOfACellThatIsASum() {
        RawOnnx raw = gru(written(H))
                .node("Mul", "rest n", "new")
                .node("Mul", "z h", "kept")
                .node("Add", "kept new", "h_out")
                .node("Add", "wn h_out", "both")
                .node("MatMul", "both D", "y");

        assertThat(layers(raw.outputs("y", "h_out")).findValuesAsText("cell"))
                .containsExactlyInAnyOrder("gru", "dense", "add");
    }

    @Test
    void shouldNameTheCellsThatItDoesNotKnow() {
        RawOnnx indRnn = matrix(written(H), "Wx", X, H, 1)
                .floats("u", new long[] {H}, numbers(H, 2))
                .node("MatMul", "x Wx", "wx")
                .node("Mul", "h u", "uh")
                .node("Add", "wx uh", "s")
                .node("Tanh", "s", "h_out");
        RawOnnx minGru = matrix(matrix(written(H), "Wx", X, H, 1), "Wz", X, H, 2)
                .node("MatMul", "x Wz", "z0")
                .node("Sigmoid", "z0", "z")
                .node("Sub", "ones z", "rest")
                .node("MatMul", "x Wx", "n")
                .node("Mul", "z n", "new")
                .node("Mul", "rest h", "kept")
                .node("Add", "kept new", "h_out");

        assertRefused(
                indRnn.outputs("h_out"),
                "its output h_out, the result of node #3 (Tanh), replaces its input h as a state does, but is"
                        + " not computed"
                        + " as an LSTM, a GRU or an RNN does; it resembles an IndRNN");
        assertRefused(minGru.outputs("h_out"), "it resembles a minGRU, an SRU or a QRNN");
    }

    @Test
    void shouldRefuseThePreviousEventAsAPartOfTheInput() {
        RawOnnx raw = new RawOnnx()
                .floats("W", new long[] {1, 4 * H, 2 * X}, numbers(8 * H * X, 1))
                .floats("R", new long[] {1, 4 * H, H}, numbers(4 * H * H, 2))
                .input("x", 1, 1, X)
                .input("before", 1, 1, X)
                .input("h", 1, 1, H)
                .input("c", 1, 1, H)
                .node("Concat", "x before", "both", RawOnnx.attribute("axis", 2))
                .node("LSTM", "both W R - - h c", "Y h_out c_out")
                .node("Identity", "x", "copy");

        assertRefused(
                raw.outputs("h_out", "c_out", "copy"),
                "its output copy, the result of input x, has the form of its input x and is computed without"
                        + " the state");
    }
}
