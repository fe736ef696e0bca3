package io.lstmstreams.benchmark.peer;

import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of a network as an ONNX file: LSTM nodes over one time step, whose states are inputs and outputs. The inputs
 * are {@code x}, and {@code h0}, {@code c0}, {@code h1}, ... of the layers; the outputs are {@code h0'}, {@code c0'},
 * ... With the head, there are two more outputs: {@code before}, the probabilities of the next event by the input
 * state, and {@code next}, those by the output state.
 *
 * @param file the file's bytes
 * @param inputs the shapes of the inputs by name
 * @param outputs the shapes of the outputs by name
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OnnxNetwork(byte[] file, Map<String, long[]> inputs, Map<String, long[]> outputs) {
    /** The position of our gates i, f, g, o in ONNX's order i, o, f, c. */
    private static final int[] ONNX_GATES = {0, 3, 1, 2};

    /**
     * Writes a network as an ONNX file.
     *
     * @param network a one-hot network of LSTM layers only
     * @param batch the number of sequences that a call advances
     * @param withHead whether the file includes the first head
     */
    public static OnnxNetwork of(Network network, int batch, boolean withHead) {
        Map<String, long[]> inputs = new LinkedHashMap<>();
        Map<String, long[]> outputs = new LinkedHashMap<>();
        inputs.put("x", new long[] {1, batch, network.inputSize()});
        RawOnnx onnx = new RawOnnx();
        String below = "x";
        for (int i = 0; i < network.layers().size(); i++) {
            LstmLayer layer = (LstmLayer) network.layers().get(i);
            long[] state = {1, batch, layer.units()};
            for (String name : new String[] {"h" + i, "c" + i}) {
                inputs.put(name, state);
                outputs.put(name + "'", state);
            }
            write(onnx, i, layer, below);
            below = "h" + i + "'"; // [directions, batch, units] equals [steps, batch, units]: both first sizes are 1
        }
        if (withHead) {
            Head head = network.heads().get(0);
            write(onnx, head, "h" + (network.layers().size() - 1), "before");
            write(onnx, head, below, "next");
            outputs.put("before", new long[] {1, batch, head.outputs()});
            outputs.put("next", new long[] {1, batch, head.outputs()});
            onnx.floats("head.weight", new long[] {head.inputs(), head.outputs()}, transposed(head));
            onnx.floats("head.bias", new long[] {head.outputs()}, head.bias());
        }
        inputs.forEach((name, shape) -> onnx.input(name, dims(shape)));
        outputs.forEach((name, shape) -> onnx.output(name, dims(shape)));
        return new OnnxNetwork(onnx.bytes(), inputs, outputs);
    }

    private static void write(RawOnnx onnx, int i, LstmLayer layer, String input) {
        int units = layer.units();
        int rows = LstmLayer.GATES * units;
        float[] bias = new float[2 * rows]; // ONNX has an input bias and a recurrent bias; ours is their sum
        System.arraycopy(reordered(layer.bias(), units), 0, bias, 0, rows);
        onnx.floats(
                "W" + i,
                new long[] {1, rows, layer.inputSize()},
                reordered(layer.inputWeights(), units * layer.inputSize()));
        onnx.floats("R" + i, new long[] {1, rows, units}, reordered(layer.recurrentWeights(), units * units));
        onnx.floats("B" + i, new long[] {1, 2L * rows}, bias);
        onnx.node(
                "LSTM",
                "%s W%2$d R%2$d B%2$d - h%2$d c%2$d".formatted(input, i),
                "- h%1$d' c%1$d'".formatted(i),
                RawOnnx.attribute("hidden_size", units));
    }

    private static void write(RawOnnx onnx, Head head, String input, String output) {
        onnx.node("MatMul", input + " head.weight", output + ".product");
        onnx.node("Add", output + ".product head.bias", output + ".logits");
        onnx.node("Softmax", output + ".logits", output, RawOnnx.attribute("axis", -1));
    }

    private static float[] reordered(float[] values, int gate) {
        float[] reordered = new float[values.length];
        for (int k = 0; k < ONNX_GATES.length; k++) {
            System.arraycopy(values, ONNX_GATES[k] * gate, reordered, k * gate, gate);
        }
        return reordered;
    }

    private static float[] transposed(Head head) {
        float[] transposed = new float[head.weights().length];
        for (int row = 0; row < head.outputs(); row++) {
            for (int k = 0; k < head.inputs(); k++) {
                transposed[k * head.outputs() + row] = head.weights()[row * head.inputs() + k];
            }
        }
        return transposed;
    }

    private static Object[] dims(long[] shape) {
        Object[] dims = new Object[shape.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = (int) shape[i];
        }
        return dims;
    }
}
