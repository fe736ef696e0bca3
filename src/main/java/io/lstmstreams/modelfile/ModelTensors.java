package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of our model file by their names. A layer's parameter is named by cell, parameter and index, as in
 * {@code lstm.weight_ih_l0}, so that a stack of LSTMs has PyTorch's names. A head's parameters are {@code name.weight}
 * and {@code name.bias}.
 */
final class ModelTensors {
    private ModelTensors() {}

    /** Returns a network's parameters by their names in the file. */
    static Map<String, Tensor> of(Network network) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            String prefix = prefix(layer.specName());
            String suffix = suffix(i);
            LayerTypes.of(layer)
                    .writeParameters(
                            layer,
                            (parameter, values, shape) -> put(tensors, prefix + parameter + suffix, values, shape));
        }
        for (Head head : network.heads()) {
            if (!head.isIdentity()) {
                put(tensors, headName(head.name(), "weight"), head.weights(), head.outputs(), head.inputs());
                put(tensors, headName(head.name(), "bias"), head.bias(), head.outputs());
            }
        }
        return tensors;
    }

    private static void put(Map<String, Tensor> tensors, String name, float[] values, long... shape) {
        tensors.put(name, new Tensor(name, shape, values));
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
            layers.add(take(rest, prefix(layer.path("cell").asText()), suffix(layers.size())));
        }
        List<Map<String, Tensor>> heads = new ArrayList<>();
        for (JsonNode head : spec.path("heads")) {
            Map<String, Tensor> parameters = new LinkedHashMap<>();
            for (String parameter : List.of("weight", "bias")) {
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

    private static String prefix(String cell) {
        return cell + ".";
    }

    private static String suffix(int layer) {
        return "_l" + layer;
    }

    private static String headName(String head, String parameter) {
        return head.isEmpty() ? parameter : head + "." + parameter;
    }
}
