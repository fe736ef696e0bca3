package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.DraftLayer.Assumption;
import io.lstmstreams.importer.draft.GateOrder;
import io.lstmstreams.importer.draft.Matrices;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates Keras' recurrent cells. Their gates are i, f, c, o and z, r, h. The stored bias includes the forget gate's
 * 1. A GRU that resets after the product has its two biases in one array (keras/src/layers/rnn/lstm.py, gru.py,
 * simple_rnn.py; Keras 1: keras/layers/recurrent.py; CuDNN layers: the conversion in hdf5_format.py).
 */
final class RecurrentLayers {
    private static final String KERNEL = "kernel";
    private static final String RECURRENT = "recurrent_kernel";
    private static final String BIAS = "bias";
    private static final int LSTM_GATES = 4;
    private static final int GRU_GATES = 3;

    private final KerasVersion version;
    private final int generation;
    private final Weights weights;
    private final Activations activations;

    RecurrentLayers(KerasVersion version, Weights weights) {
        this.version = version;
        this.generation = version.generation();
        this.weights = weights;
        this.activations = new Activations(version);
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
    List<DraftLayer> of(Layer layer, long inputs) {
        if (!layer.className().equals("RNN")) {
            String part = "cell";
            return List.of(cell(layer, layer, part, layer.className(), inputs));
        }
        Layer cell = layer.inner("cell");
        if (!cell.className().equals("StackedRNNCells")) {
            return List.of(cell(layer, cell, "cell", withoutEnding(cell), inputs));
        }
        List<DraftLayer> stack = new ArrayList<>();
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
    private DraftLayer cell(Layer owner, Layer options, String part, String kind, long inputs) {
        if (!isLayer(kind)) {
            throw owner.unsupported("has cells of the class " + options.className() + ", which is not supported");
        }
        boolean cudnn = kind.startsWith("CuDNN");
        int units = options.size("units", "output_dim");
        int gates = kind.endsWith("LSTM") ? LSTM_GATES : kind.endsWith("GRU") ? GRU_GATES : 1;
        ObjectNode spec = KerasJson.newObject();
        spec.put("cell", gates == LSTM_GATES ? "lstm" : gates == GRU_GATES ? "gru" : "rnn");
        spec.put("units", units);
        boolean resetAfter =
                gates == GRU_GATES && (cudnn || options.flag("reset_after", Boolean.TRUE.equals(version.resetAfter())));
        if (gates == GRU_GATES) {
            spec.put("resetAfter", resetAfter);
        }
        boolean twoBiases = resetAfter || (cudnn && gates == LSTM_GATES);
        Stored stored = stored(owner, options, part, gates, units, (twoBiases ? 2L : 1L) * gates * units, inputs);
        GateOrder order = GateOrder.keras(gates);
        Map<String, Tensor> parameters = cudnn
                ? order.ofCudnn(stored.kernel(), stored.recurrent(), stored.bias())
                : order.ofKeras(stored.kernel(), stored.recurrent(), stored.bias());
        List<Assumption> assumptions = new ArrayList<>();
        activations.set("activation", "activation", "tanh", owner, options, spec, assumptions);
        if (gates > 1) {
            String key = generation == 1 ? "inner_activation" : "recurrent_activation";
            String usual = version.recurrentActivation();
            if (usual == null && !cudnn && !options.config().has(key)) {
                throw owner.unsupported("must state its " + key + ", because its default depends on the version of"
                        + " Keras and TensorFlow that wrote the file");
            }
            activations.set(
                    "recurrentActivation",
                    key,
                    cudnn || usual == null ? "sigmoid" : usual,
                    owner,
                    options,
                    spec,
                    assumptions);
        }
        return new DraftLayer(spec, parameters, units, cudnn ? List.of() : assumptions);
    }

    /** A cell's arrays in the layout of Keras 2 and 3; the bias may be missing. */
    private record Stored(
            Tensor kernel, Tensor recurrent, @Nullable Tensor bias) {}

    private Stored stored(Layer owner, Layer options, String part, int gates, int units, long biases, long inputs) {
        Stored stored;
        if (generation == 1) {
            stored = ofKeras1(owner, gates, units, inputs);
        } else {
            boolean bias = options.flag("use_bias", true);
            List<Tensor> arrays =
                    weights.take(owner, part, bias ? List.of(KERNEL, RECURRENT, BIAS) : List.of(KERNEL, RECURRENT));
            stored = new Stored(arrays.get(0), arrays.get(1), bias ? arrays.get(2) : null);
        }
        Shapes.expectMatrix(owner, stored.kernel(), inputs, (long) gates * units);
        Shapes.expectMatrix(owner, stored.recurrent(), units, (long) gates * units);
        Tensor bias = stored.bias();
        if (bias != null) {
            boolean rows = biases == 6L * units && bias.shape().length == 2;
            if (rows) {
                Shapes.expectMatrix(owner, bias, 2, 3L * units);
            } else {
                Shapes.expectVector(owner, bias, biases);
            }
        }
        return stored;
    }

    /**
     * Returns the arrays of a cell of Keras 1. It stored each gate's arrays separately ({@code W_i}, {@code U_i},
     * {@code b_i}, then those of c, f, o or of z, r, h), or with {@code consume_less="gpu"} three arrays of all gates
     * in the order of Keras 2. A simple RNN has three arrays.
     */
    private Stored ofKeras1(Layer owner, int gates, int units, long inputs) {
        if (gates == 1 || weights.hasNext(owner, "W")) {
            List<Tensor> arrays = weights.take(owner, "", List.of("W", "U", "b"));
            return new Stored(arrays.get(0), arrays.get(1), arrays.get(2));
        }
        List<String> stored = gates == 4 ? List.of("i", "c", "f", "o") : List.of("z", "r", "h");
        List<String> roles = new ArrayList<>();
        stored.forEach(gate -> roles.addAll(List.of("W_" + gate, "U_" + gate, "b_" + gate)));
        List<Tensor> arrays = weights.take(owner, "", roles);
        List<Tensor> kernels = new ArrayList<>();
        List<Tensor> recurrents = new ArrayList<>();
        List<Tensor> biases = new ArrayList<>();
        for (String gate : gates == 4 ? List.of("i", "f", "c", "o") : stored) {
            int first = 3 * stored.indexOf(gate);
            long width = kernels.isEmpty() ? inputs : kernels.get(0).shape()[0];
            Shapes.expectMatrix(owner, arrays.get(first), width, units);
            Shapes.expectMatrix(owner, arrays.get(first + 1), units, units);
            Shapes.expectVector(owner, arrays.get(first + 2), units);
            kernels.add(arrays.get(first));
            recurrents.add(arrays.get(first + 1));
            biases.add(arrays.get(first + 2));
        }
        return new Stored(sideBySide(kernels), sideBySide(recurrents), Matrices.stacked(array(biases)));
    }

    private static Tensor sideBySide(List<Tensor> kernels) {
        return Matrices.sideBySide(array(kernels));
    }

    private static Tensor[] array(List<Tensor> tensors) {
        return tensors.toArray(Tensor[]::new);
    }
}
