package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates Keras' recurrent cells. Their gates are i, f, c, o and z, r, h. The stored bias includes the forget gate's 1. A GRU
 * that resets after the product has its two biases in one array (keras/src/layers/rnn/lstm.py, gru.py, simple_rnn.py; Keras 1:
 * keras/layers/recurrent.py; CuDNN layers: the conversion in hdf5_format.py).
 */
final class RecurrentCells {
    private static final String KERNEL = "kernel";
    private static final String RECURRENT = "recurrent_kernel";
    private static final String BIAS = "bias";

    private final int generation;
    private final Weights weights;
    private final Activations activations;

    RecurrentCells(int generation, Weights weights) {
        this.generation = generation;
        this.weights = weights;
        this.activations = new Activations(generation);
    }

    /** Returns whether a class is a recurrent layer with one cell. */
    static boolean isLayer(String className) {
        return switch (className) {
            case "LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU" -> true;
            default -> false;
        };
    }

    /**
     * Returns the cells of a recurrent layer, from its input upwards.
     *
     * @param inputs the layer's input size, or -1 if only its weights determine the size
     */
    List<Cell> of(Layer layer, long inputs) {
        if (!layer.className().equals("RNN")) {
            String part = "cell";
            return List.of(cell(layer, layer, part, layer.className(), inputs));
        }
        Layer cell = layer.inner("cell");
        if (!cell.className().equals("StackedRNNCells")) {
            return List.of(cell(layer, cell, "cell", withoutEnding(cell), inputs));
        }
        List<Cell> stack = new ArrayList<>();
        Map<String, Integer> used = new LinkedHashMap<>();
        long width = inputs;
        for (JsonNode entry : cell.config().path("cells")) {
            ObjectNode holder = KerasJson.newObject();
            holder.set("cell", entry);
            Layer one = new Layer("RNN", layer.name(), holder, false, layer.where()).inner("cell");
            String part = "cell/cells/" + StoredWeights.unique(one.className(), used);
            stack.add(cell(layer, one, part, withoutEnding(one), width));
            width = stack.get(stack.size() - 1).outputs();
        }
        if (stack.isEmpty()) {
            throw layer.malformed("must have at least one cell, but has none");
        }
        return stack;
    }

    private static String withoutEnding(Layer cell) {
        String name = cell.className();
        return name.endsWith("Cell") ? name.substring(0, name.length() - "Cell".length()) : name;
    }

    /**
     * Translates one cell.
     *
     * @param owner the layer that owns the weights
     * @param options the layer or cell that has the options
     */
    private Cell cell(Layer owner, Layer options, String part, String kind, long inputs) {
        if (!isLayer(kind)) {
            throw owner.unsupported("has cells of the class " + options.className() + ", which is not supported");
        }
        int units = options.size("units", "output_dim");
        ObjectNode spec = KerasJson.newObject();
        Map<String, Tensor> parameters;
        String activation = "tanh";
        if (kind.endsWith("LSTM")) {
            spec.put("cell", "lstm").put("units", units);
            parameters = lstm(owner, options, part, kind.startsWith("CuDNN"), units, inputs);
        } else if (kind.endsWith("GRU")) {
            boolean cudnn = kind.startsWith("CuDNN");
            boolean resetAfter = cudnn || options.flag("reset_after", generation == 3);
            spec.put("cell", "gru").put("units", units).put("resetAfter", resetAfter);
            parameters = gru(owner, options, part, cudnn, resetAfter, units, inputs);
        } else {
            spec.put("cell", "rnn").put("units", units);
            Stored stored = stored(owner, options, part, 1, units, units, inputs);
            parameters = parameters(
                    Matrices.transposed(stored.kernel()), Matrices.transposed(stored.recurrent()), stored.bias());
        }
        spec.set("activation", activations.option(owner, options.config().path("activation"), activation));
        if (!kind.equals("SimpleRNN")) {
            JsonNode gates = options.config().path(generation == 1 ? "inner_activation" : "recurrent_activation");
            String otherwise = generation == 3 || kind.startsWith("CuDNN") ? "sigmoid" : "hard_sigmoid";
            spec.set("recurrentActivation", activations.option(owner, gates, otherwise));
        }
        return new Cell(spec, parameters, units);
    }

    private Map<String, Tensor> lstm(Layer owner, Layer options, String part, boolean cudnn, int units, long inputs) {
        Stored stored = stored(owner, options, part, 4, units, cudnn ? 8L * units : 4L * units, inputs);
        if (cudnn) {
            Tensor bias = stored.bias();
            return parameters(
                    Matrices.ofCudnn(stored.kernel(), 4),
                    Matrices.ofCudnn(stored.recurrent(), 4),
                    bias == null
                            ? null
                            : Matrices.sum(
                                    Matrices.rows(bias, 0, 4 * units), Matrices.rows(bias, 4 * units, 8 * units)));
        }
        return parameters(Matrices.transposed(stored.kernel()), Matrices.transposed(stored.recurrent()), stored.bias());
    }

    private Map<String, Tensor> gru(
            Layer owner, Layer options, String part, boolean cudnn, boolean resetAfter, int units, long inputs) {
        Stored stored = stored(owner, options, part, 3, units, resetAfter ? 6L * units : 3L * units, inputs);
        Tensor kernel = cudnn ? Matrices.ofCudnn(stored.kernel(), 3) : Matrices.transposed(stored.kernel());
        Tensor recurrent = cudnn ? Matrices.ofCudnn(stored.recurrent(), 3) : Matrices.transposed(stored.recurrent());
        Tensor bias = stored.bias();
        if (bias == null || !resetAfter) {
            return parameters(
                    Matrices.resetFirst(kernel, units),
                    Matrices.resetFirst(recurrent, units),
                    bias == null ? null : Matrices.resetFirst(bias, units));
        }
        Tensor both = new Tensor(bias.name(), new long[] {6L * units}, bias.values()); // [2, 3H] as one vector
        Map<String, Tensor> parameters = parameters(
                Matrices.resetFirst(kernel, units),
                Matrices.resetFirst(recurrent, units),
                Matrices.resetFirst(Matrices.rows(both, 0, 3 * units), units));
        parameters.put("bias_hh", Matrices.resetFirst(Matrices.rows(both, 3 * units, 6 * units), units));
        return parameters;
    }

    private static Map<String, Tensor> parameters(Tensor weightIh, Tensor weightHh, Tensor bias) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight_ih", weightIh);
        parameters.put("weight_hh", weightHh);
        if (bias != null) {
            parameters.put("bias_ih", bias);
        }
        return parameters;
    }

    /** A cell's arrays in the layout of Keras 2 and 3; the bias may be missing. */
    private record Stored(Tensor kernel, Tensor recurrent, Tensor bias) {}

    private Stored stored(Layer owner, Layer options, String part, int gates, int units, long biases, long inputs) {
        Stored stored;
        if (generation == 1) {
            stored = ofKeras1(owner, gates, units, inputs);
        } else {
            boolean bias = options.flag("use_bias", true);
            Map<String, Tensor> arrays =
                    weights.take(owner, part, bias ? List.of(KERNEL, RECURRENT, BIAS) : List.of(KERNEL, RECURRENT));
            stored = new Stored(arrays.get(KERNEL), arrays.get(RECURRENT), arrays.get(BIAS));
        }
        Shapes.expectMatrix(owner, stored.kernel(), inputs, (long) gates * units);
        Shapes.expectMatrix(owner, stored.recurrent(), units, (long) gates * units);
        if (stored.bias() != null) {
            boolean rows = biases == 6L * units && stored.bias().shape().length == 2;
            if (rows) {
                Shapes.expectMatrix(owner, stored.bias(), 2, 3L * units);
            } else {
                Shapes.expectVector(owner, stored.bias(), biases);
            }
        }
        return stored;
    }

    /**
     * Returns the arrays of a cell of Keras 1. It stored each gate's arrays separately ({@code W_i}, {@code U_i}, {@code b_i},
     * then those of c, f, o or of z, r, h), or with {@code consume_less="gpu"} three arrays of all gates in the order of Keras 2.
     * A simple RNN has three arrays.
     */
    private Stored ofKeras1(Layer owner, int gates, int units, long inputs) {
        if (gates == 1 || weights.hasNext(owner, "W")) {
            Map<String, Tensor> arrays = weights.take(owner, "", List.of("W", "U", "b"));
            return new Stored(arrays.get("W"), arrays.get("U"), arrays.get("b"));
        }
        List<String> stored = gates == 4 ? List.of("i", "c", "f", "o") : List.of("z", "r", "h");
        List<String> roles = new ArrayList<>();
        stored.forEach(gate -> roles.addAll(List.of("W_" + gate, "U_" + gate, "b_" + gate)));
        Map<String, Tensor> arrays = weights.take(owner, "", roles);
        List<Tensor> kernels = new ArrayList<>();
        List<Tensor> recurrents = new ArrayList<>();
        List<Tensor> biases = new ArrayList<>();
        for (String gate : gates == 4 ? List.of("i", "f", "c", "o") : stored) {
            Shapes.expectMatrix(owner, arrays.get("W_" + gate), inputs, units);
            Shapes.expectMatrix(owner, arrays.get("U_" + gate), units, units);
            Shapes.expectVector(owner, arrays.get("b_" + gate), units);
            kernels.add(Matrices.transposed(arrays.get("W_" + gate)));
            recurrents.add(Matrices.transposed(arrays.get("U_" + gate)));
            biases.add(arrays.get("b_" + gate));
        }
        long width = kernels.get(0).shape()[1];
        kernels.forEach(kernel -> Shapes.expectMatrix(owner, kernel, units, width));
        return new Stored(
                Matrices.transposed(Matrices.stacked(kernels.toArray(Tensor[]::new))),
                Matrices.transposed(Matrices.stacked(recurrents.toArray(Tensor[]::new))),
                Matrices.stacked(biases.toArray(Tensor[]::new)));
    }
}
