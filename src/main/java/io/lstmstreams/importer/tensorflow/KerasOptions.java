package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of Keras' layers that do not follow from variables, inferred from the operations in the graph: the
 * activations and their counts. An LSTM has three recurrent activations and two others, a GRU two and one, a SimpleRNN
 * one. Options of a graph that differs from Keras' form remain unknown; the user must give them.
 *
 * @param cells the counts of operations by type in each recurrent layer's cell, in order
 * @param dense the counts of operations by type in each dense layer, in order
 * @param masked true if an embedding skips index 0
 */
record KerasOptions(List<Map<String, Integer>> cells, List<Map<String, Integer>> dense, boolean masked) {
    /** The options without a graph of Keras. */
    static final KerasOptions UNKNOWN = new KerasOptions(List.of(), List.of(), false);

    private static final Set<String> ACTIVATIONS = Set.of(
            "Sigmoid", "Tanh", "Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Exp");
    private static final Set<String> OF_CELLS = Set.of(
            "Const",
            "Identity",
            "ReadVariableOp",
            "Cast",
            "MatMul",
            "AddV2",
            "BiasAdd",
            "Mul",
            "Sub",
            "Split",
            "Squeeze",
            "StridedSlice",
            "Unpack",
            "RealDiv");
    private static final Set<String> OF_DENSE =
            Set.of("Const", "Identity", "ReadVariableOp", "Cast", "MatMul", "BiasAdd", "Reshape", "Squeeze");

    static boolean isActivation(String operation) {
        return ACTIVATIONS.contains(operation);
    }

    static boolean isOfDense(String operation) {
        return OF_DENSE.contains(operation) || isActivation(operation);
    }

    /**
     * Returns these options if the variables and the graph have the same number of layers, otherwise {@link #UNKNOWN}.
     */
    KerasOptions forLayers(int cellCount, int denseCount) {
        return cells.size() == cellCount && dense.size() == denseCount ? this : UNKNOWN;
    }

    /** Returns the activation of a dense layer, or empty if it is unknown. */
    Optional<JsonNode> denseActivation(int index) {
        if (index < 0 || index >= dense.size()) {
            return Optional.empty();
        }
        Map<String, Integer> operations = new HashMap<>(dense.get(index));
        List<JsonNode> found = activations(operations, 1);
        if (found.size() > 1 || !OF_DENSE.containsAll(operations.keySet())) {
            return Optional.empty();
        }
        return Optional.of(found.isEmpty() ? JsonNodeFactory.instance.textNode("linear") : found.get(0));
    }

    /**
     * Adds the options of a recurrent layer to its spec, if the graph has Keras' form.
     *
     * @param index the index among the recurrent layers
     */
    void completeCell(ObjectNode spec, int index) {
        if (index < cells.size()) {
            fromGraph(spec, spec.path("cell").asText(), cells.get(index));
        }
    }

    private static void fromGraph(ObjectNode spec, String kind, Map<String, Integer> counted) {
        int recurrent = kind.equals("lstm") ? 3 : kind.equals("gru") ? 2 : 0;
        int others = kind.equals("lstm") ? 2 : 1;
        int products = kind.equals("rnn") ? 0 : 3; // elementwise products
        Map<String, Integer> operations = new HashMap<>(counted);
        List<JsonNode> same = activations(new HashMap<>(operations), recurrent + others);
        List<JsonNode> inner = recurrent == 0 ? List.of() : activations(operations, recurrent);
        List<JsonNode> outer = activations(operations, others);
        if (operations.getOrDefault("Mul", 0) != products) {
            return;
        }
        if (same.size() == 1 && recurrent > 0) {
            operations.keySet().removeAll(ACTIVATIONS);
            inner = same;
            outer = same;
        }
        boolean complete = outer.size() == 1 && inner.size() == (recurrent == 0 ? 0 : 1);
        if (!complete || !OF_CELLS.containsAll(operations.keySet())) {
            return;
        }
        spec.set("activation", outer.get(0));
        if (recurrent > 0) {
            spec.set("recurrentActivation", inner.get(0));
        }
        if (kind.equals("gru") && !spec.has("resetAfter")) { // without a bias, whose shape would decide
            spec.put("resetAfter", operations.getOrDefault("MatMul", 0) == 2);
        }
    }

    /** Takes the activations that occur exactly {@code times} times. */
    private static List<JsonNode> activations(Map<String, Integer> operations, int times) {
        List<JsonNode> found = new ArrayList<>();
        for (String name : ACTIVATIONS) {
            if (operations.getOrDefault(name, 0) == times) {
                operations.remove(name);
                found.add(activation(name, operations.getOrDefault("RealDiv", 0) >= times));
            }
        }
        return found;
    }

    /** Returns the activation of an operation. Keras writes hard_sigmoid as relu6(x + 3) / 6. */
    private static JsonNode activation(String operation, boolean divided) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (operation) {
            case "LogSoftmax" -> json.textNode("log_softmax");
            case "Exp" -> json.textNode("exponential");
            case "Relu6" ->
                divided
                        ? json.objectNode()
                                .put("name", "hard_sigmoid")
                                .put("alpha", 1 / 6.0)
                                .put("beta", 0.5)
                        : json.textNode("relu6");
            default -> json.textNode(operation.toLowerCase(Locale.ROOT));
        };
    }
}
