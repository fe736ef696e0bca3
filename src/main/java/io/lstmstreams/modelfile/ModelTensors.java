package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.DenseLayer;
import io.lstmstreams.recurrent.EmbeddingLayer;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.LstmNormalisation;
import io.lstmstreams.recurrent.LstmOptions;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.NormalisationLayer;
import io.lstmstreams.recurrent.RecurrentLayer;
import io.lstmstreams.recurrent.ScaleLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of our model file. Parameter {@code p} of layer i, a cell of kind {@code k}, is named {@code k.p_li}, so that a
 * stack of LSTMs has PyTorch's names ({@code lstm.weight_ih_l0}); parameters of a head are {@code name.weight} and
 * {@code name.bias}.
 */
final class ModelTensors {
    private static final String[] NORM_PARTS = {"i", "f", "g", "o", "c"};

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private ModelTensors() {}

    /** Returns a network's parameters by their names in the file. */
    static Map<String, Tensor> of(Network network) {
        ModelTensors writer = new ModelTensors();
        for (int i = 0; i < network.layers().size(); i++) {
            writer.put(network.layers().get(i), i);
        }
        for (Head head : network.heads()) {
            if (!head.isIdentity()) {
                writer.put(headName(head.name(), "weight"), head.weights(), head.outputs(), head.inputs());
                writer.put(headName(head.name(), "bias"), head.bias(), head.outputs());
            }
        }
        return writer.tensors;
    }

    /**
     * Reads a file in which all tensors have our names.
     *
     * @param spec the file's spec
     * @return the content, or empty if a tensor has another name
     */
    static Optional<ModelContent> read(Map<String, Tensor> tensors, ObjectNode spec) {
        Map<String, Tensor> rest = new LinkedHashMap<>(tensors);
        List<Map<String, Tensor>> layers = new ArrayList<>();
        for (JsonNode layer : spec.path("layers")) {
            layers.add(take(rest, layer.path("cell").asText() + ".", "_l" + layers.size()));
        }
        List<Map<String, Tensor>> heads = new ArrayList<>();
        for (JsonNode head : spec.path("heads")) {
            Map<String, Tensor> parameters = new LinkedHashMap<>();
            for (String parameter : Set.of("weight", "bias")) {
                Tensor tensor = rest.remove(headName(head.path("name").asText(), parameter));
                if (tensor != null) {
                    parameters.put(parameter, tensor);
                }
            }
            heads.add(parameters);
        }
        return rest.isEmpty() && !layers.isEmpty()
                ? Optional.of(new ModelContent(spec, layers, heads))
                : Optional.empty();
    }

    private static Map<String, Tensor> take(Map<String, Tensor> rest, String prefix, String suffix) {
        Map<String, Tensor> taken = new LinkedHashMap<>();
        rest.entrySet().removeIf(entry -> {
            String name = entry.getKey();
            boolean belongs = name.length() > prefix.length() + suffix.length()
                    && name.startsWith(prefix)
                    && name.endsWith(suffix);
            if (belongs) {
                taken.put(name.substring(prefix.length(), name.length() - suffix.length()), entry.getValue());
            }
            return belongs;
        });
        return taken;
    }

    private static String headName(String head, String parameter) {
        return head.isEmpty() ? parameter : head + "." + parameter;
    }

    private void put(Layer layer, int i) {
        if (layer instanceof RecurrentLayer recurrent) {
            put(recurrent, i);
        } else if (layer instanceof DenseLayer dense) {
            put(dense, i, "weight", dense.weights(), dense.outputSize(), dense.inputSize());
            put(dense, i, "bias", dense.bias(), dense.outputSize());
        } else if (layer instanceof EmbeddingLayer embedding) {
            put(embedding, i, "weight", embedding.weights(), embedding.inputSize(), embedding.outputSize());
        } else if (layer instanceof ScaleLayer scale) {
            float[] ones = new float[scale.outputSize()];
            Arrays.fill(ones, 1f);
            put(scale, i, "weight", scale.scale(), scale.outputSize());
            put(scale, i, "bias", scale.shift(), scale.outputSize());
            put(scale, i, "running_mean", new float[scale.outputSize()], scale.outputSize());
            put(scale, i, "running_var", ones, scale.outputSize());
        } else if (layer instanceof NormalisationLayer norm) {
            put(norm, i, "weight", norm.scale(), norm.outputSize());
            put(norm, i, "bias", norm.shift(), norm.outputSize());
        }
    }

    private void put(RecurrentLayer layer, int i) {
        int rows = layer.bias().length;
        put(layer, i, "weight_ih", layer.inputWeights(), rows, layer.inputSize());
        put(layer, i, "weight_hh", layer.recurrentWeights(), rows, layer.outputSize());
        put(layer, i, "bias_ih", layer.bias(), rows);
        float[] recurrentBias =
                new float[rows]; // PyTorch requires both biases; the first holds their sum where that is equivalent
        if (layer instanceof GruLayer gru) {
            System.arraycopy(gru.candidateBias(), 0, recurrentBias, rows - gru.units(), gru.units());
        }
        put(layer, i, "bias_hh", recurrentBias, rows);
        if (layer instanceof LstmLayer lstm) {
            put(lstm, i, lstm.options());
        }
    }

    private void put(LstmLayer layer, int i, LstmOptions options) {
        int units = layer.units();
        if (options.projection() != null) {
            put(layer, i, "weight_hr", options.projection(), layer.outputSize(), units);
        }
        if (options.peepholes() != null) {
            put(layer, i, "weight_pi", options.peepholes()[0], units);
            put(layer, i, "weight_pf", options.peepholes()[1], units);
            put(layer, i, "weight_po", options.peepholes()[2], units);
        }
        LstmNormalisation norm = options.norm();
        for (int part = 0; norm != null && part < NORM_PARTS.length; part++) {
            put(layer, i, "norm_" + NORM_PARTS[part], norm.scale()[part], units);
            put(layer, i, "norm_bias_" + NORM_PARTS[part], norm.shift()[part], units);
        }
    }

    private void put(Layer layer, int i, String parameter, float[] values, long... shape) {
        put(layer.cell() + "." + parameter + "_l" + i, values, shape);
    }

    private void put(String name, float[] values, long... shape) {
        tensors.put(name, new Tensor(name, shape, values));
    }
}
