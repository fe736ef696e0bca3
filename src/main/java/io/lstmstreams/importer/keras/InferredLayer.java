package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A layer without a configuration, inferred from its arrays' names and shapes.
 *
 * @param name the name of its group
 * @param className its class in Keras
 * @param cell its cell in a spec
 * @param inputs the number of input values; -1 for any
 * @param outputs the number of output values; -1 for the number of input values
 * @param config the options that follow from its arrays
 */
record InferredLayer(String name, String className, String cell, long inputs, long outputs, ObjectNode config) {
    private static final int LSTM_GATES = 4;
    private static final int GRU_GATES = 3;
    private static final String UNKNOWN =
            "cannot be recognised without the model's configuration; " + LayerNames.GIVE_CONFIGURATION;

    /** Returns the layers of weights that are stored by layer, in the file's order. */
    static List<InferredLayer> of(LayeredWeights weights, List<String> names, KerasVersion version, String file) {
        List<InferredLayer> found = new ArrayList<>();
        for (String name : names) {
            Map<String, Tensor> arrays = weights.all(name);
            if (!arrays.isEmpty()) {
                LayerNames.refuse(name, file);
                found.add(of(name, arrays, file + ": layer " + name, false, version.generation() == 1));
            }
        }
        return found;
    }

    /** Returns the layers of weights that are stored by class, in no particular order. */
    static List<InferredLayer> ofStored(Hdf5Group layers, String file) {
        List<InferredLayer> found = new ArrayList<>();
        for (Map.Entry<String, Hdf5Group> entry : layers.groups().entrySet()) {
            String name = entry.getKey();
            String kind = LayerNames.kind(name);
            boolean recurrent = Set.of("lstm", "gru", "simple_rnn").contains(kind);
            String part = recurrent ? "cell/vars" : kind.equals("time_distributed") ? "layer/vars" : "vars";
            Map<String, Tensor> variables = entry.getValue().tensorsAt(part);
            List<String> roles = roles(kind, variables.size());
            Map<String, Tensor> arrays = new LinkedHashMap<>();
            for (int i = 0; i < roles.size(); i++) {
                Tensor tensor = variables.get(Integer.toString(i));
                if (tensor != null) {
                    arrays.put(roles.get(i), tensor);
                }
            }
            if (!isWithoutArrays(entry.getValue())) {
                LayerNames.refuse(name, file);
            }
            if (!arrays.isEmpty()) {
                found.add(of(name, arrays, file + ": layer " + name, kind.equals("time_distributed"), false));
            } else if (!isWithoutArrays(entry.getValue())) {
                throw new Unsupported(file + ": layer " + name, UNKNOWN);
            }
        }
        return found;
    }

    static boolean isWithoutArrays(Hdf5Group group) {
        return group.tensors().isEmpty() && group.groups().values().stream().allMatch(InferredLayer::isWithoutArrays);
    }

    private static List<String> roles(String kind, int count) {
        return switch (kind + count) {
            case "lstm2", "gru2", "simple_rnn2" -> List.of("kernel", "recurrent_kernel");
            case "lstm3", "gru3", "simple_rnn3" -> List.of("kernel", "recurrent_kernel", "bias");
            case "dense1", "time_distributed1" -> List.of("kernel");
            case "dense2", "time_distributed2" -> List.of("kernel", "bias");
            case "embedding1" -> List.of("embeddings");
            case "batch_normalization4" -> List.of("gamma", "beta", "moving_mean", "moving_variance");
            case "batch_normalization2" -> List.of("moving_mean", "moving_variance");
            case "layer_normalization2" -> List.of("gamma", "beta");
            case "conv1d1" -> List.of("kernel");
            case "conv1d2" -> List.of("kernel", "bias");
            default -> List.of(); // no arrays to read, or arrays that are refused later as leftovers
        };
    }

    private static InferredLayer of(
            String name, Map<String, Tensor> arrays, String where, boolean wrapped, boolean keras1) {
        ObjectNode config = KerasJson.newObject().put("name", name);
        Tensor convolution = arrays.get("kernel");
        if (convolution != null && convolution.shape().length == 3 && !arrays.containsKey("recurrent_kernel")) {
            return convolution(name, convolution, config.put("use_bias", arrays.containsKey("bias")));
        }
        for (Tensor tensor : arrays.values()) {
            if (tensor.shape().length == 0 || tensor.shape().length > 2 || tensor.values().length == 0) {
                throw new Unsupported(
                        where, "has " + tensor.name() + " of shape " + tensor.shapeText() + " and " + UNKNOWN);
            }
        }
        Tensor recurrent = first(arrays, "recurrent_kernel", "U", "U_i", "U_z");
        Tensor kernel = keras1 ? first(arrays, "kernel", "W", "W_i", "W_z") : arrays.get("kernel");
        if (recurrent != null && kernel != null && recurrent.shape().length == 2 && kernel.shape().length == 2) {
            return recurrent(name, arrays, kernel, recurrent, config, where);
        }
        Tensor embeddings =
                keras1 && name.startsWith("embedding") ? first(arrays, "embeddings", "W") : arrays.get("embeddings");
        if (embeddings != null && embeddings.shape().length == 2) {
            config.put("input_dim", embeddings.shape()[0])
                    .put("output_dim", embeddings.shape()[1]);
            return new InferredLayer(
                    name, "Embedding", "embedding", -1, embeddings.shape()[1], config);
        }
        if (kernel != null && kernel.shape().length == 2) {
            boolean biased = first(arrays, "bias", "b") != null;
            config.put("units", kernel.shape()[1]).put("output_dim", kernel.shape()[1]);
            config.put("use_bias", biased).put("bias", biased);
            return dense(name, kernel, config, wrapped);
        }
        if (arrays.containsKey("moving_mean") || arrays.containsKey("gamma") || arrays.containsKey("beta")) {
            config.put("scale", arrays.containsKey("gamma")).put("center", arrays.containsKey("beta"));
            boolean batch = arrays.containsKey("moving_mean");
            long width = arrays.values().iterator().next().values().length;
            return new InferredLayer(
                    name,
                    batch ? "BatchNormalization" : "LayerNormalization",
                    batch ? "batch_norm" : "layer_norm",
                    width,
                    width,
                    config);
        }
        throw new Unsupported(where, "has the arrays " + arrays.keySet() + " and " + UNKNOWN);
    }

    /** Returns a convolution; the translation accepts one of kernel size 1 as a dense layer. */
    private static InferredLayer convolution(String name, Tensor kernel, ObjectNode config) {
        long units = kernel.shape()[2];
        config.put("filters", units).putArray("kernel_size").add(kernel.shape()[0]);
        return new InferredLayer(name, "Conv1D", "dense", kernel.shape()[1], units, config);
    }

    private static InferredLayer dense(String name, Tensor kernel, ObjectNode config, boolean wrapped) {
        ObjectNode options = config;
        if (wrapped) {
            options = KerasJson.newObject().put("name", name);
            options.putObject("layer").put("class_name", "Dense").set("config", config);
        }
        String className = wrapped ? "TimeDistributed" : "Dense";
        return new InferredLayer(name, className, "dense", kernel.shape()[0], kernel.shape()[1], options);
    }

    private static InferredLayer recurrent(
            String name, Map<String, Tensor> arrays, Tensor kernel, Tensor recurrent, ObjectNode config, String where) {
        long units = recurrent.shape()[0];
        Tensor bias = arrays.get("bias");
        long gates = arrays.containsKey("U_i")
                ? LSTM_GATES
                : arrays.containsKey("U_z") ? GRU_GATES : recurrent.shape()[1] / units;
        boolean cudnn = bias != null && bias.shape().length == 1 && bias.shape()[0] == 2 * gates * units;
        config.put("units", units)
                .put("output_dim", units)
                .put("use_bias", bias != null)
                .put("return_sequences", true)
                .put("recurrent_activation", "sigmoid") // replaced by the version's default, or asked for
                .put("inner_activation", "sigmoid");
        if (gates == LSTM_GATES) {
            return new InferredLayer(name, cudnn ? "CuDNNLSTM" : "LSTM", "lstm", kernel.shape()[0], units, config);
        }
        if (gates == GRU_GATES) {
            boolean keras1 = first(arrays, "W", "W_z") != null;
            config.put("reset_after", bias == null ? !keras1 : bias.shape().length == 2);
            return new InferredLayer(name, cudnn ? "CuDNNGRU" : "GRU", "gru", kernel.shape()[0], units, config);
        }
        if (gates != 1) {
            throw new Unsupported(
                    where,
                    "has recurrent weights of shape " + recurrent.shapeText() + ", which belong to no known cell");
        }
        return new InferredLayer(name, "SimpleRNN", "rnn", kernel.shape()[0], units, config);
    }

    private static @Nullable Tensor first(Map<String, Tensor> arrays, String... names) {
        for (String name : names) {
            if (arrays.containsKey(name)) {
                return arrays.get(name);
            }
        }
        return null;
    }

    boolean isRecurrent() {
        return cell.equals("lstm") || cell.equals("gru") || cell.equals("rnn");
    }

    /** Returns the layer's number among the layers of its class. */
    int number() {
        String digits = name.replaceFirst("^.*?(_(\\d{1,6}))?$", "$2");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }
}
