package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.importer.tensorflow.format.SavedModelGraph.Function;
import io.lstmstreams.importer.tensorflow.format.SavedModelGraph.Operation;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the layers in a graph exported by Keras: one function calls all layers in their order, and each layer's
 * operations have their own scope. An operation that belongs to no supported layer is refused.
 */
final class KerasGraph {
    private static final Set<String> PLUMBING = Set.of(
            "Const",
            "Identity",
            "NoOp",
            "Placeholder",
            "ReadVariableOp",
            "Cast",
            "NotEqual",
            "Shape",
            "StatefulPartitionedCall",
            "PartitionedCall");
    private static final Set<String> OF_EMBEDDING =
            Set.of("Less", "StridedSlice", "AddV2", "SelectV2", "GatherV2", "ResourceGather");

    private static final int MAX_DEPTH = 20; // of an operation's scopes within a layer

    private final String file;
    private final Map<String, Map<String, Integer>> scopes =
            new LinkedHashMap<>(); // counts of operations by scope and type
    private final Set<String> recurrentLayers = new HashSet<>(); // scopes that contain cells

    private KerasGraph(String file) {
        this.file = file;
    }

    /**
     * Returns the options in the function that holds the layers, or {@link KerasOptions#UNKNOWN} without such a
     * function.
     */
    static KerasOptions options(List<Function> functions, String file) {
        Function model = functions.stream()
                .max(Comparator.comparingLong(KerasGraph::cellOperations))
                .filter(function -> cellOperations(function) > 0)
                .orElse(null);
        return model == null ? KerasOptions.UNKNOWN : new KerasGraph(file).read(model);
    }

    private static long cellOperations(Function function) {
        return function.operations().stream()
                .filter(operation -> isCell(VariableName.parent(operation.name()))
                        && !operation.name().contains("/while/")) // the body of the loop is a separate function
                .count();
    }

    private static boolean isCell(String scope) {
        return VariableName.last(scope).matches("(lstm|gru|simple_rnn)_cell[_\\d]*");
    }

    private KerasOptions read(Function model) {
        for (Operation operation : model.operations()) {
            scopes.computeIfAbsent(VariableName.parent(operation.name()), scope -> new TreeMap<>())
                    .merge(operation.type(), 1, Integer::sum);
        }
        List<Map<String, Integer>> cells = new ArrayList<>();
        List<Map<String, Integer>> dense = new ArrayList<>();
        boolean masked = false;
        for (Map.Entry<String, Map<String, Integer>> scope : scopes.entrySet()) {
            if (isCell(scope.getKey())) {
                cells.add(scope.getValue());
                recurrentLayers.add(VariableName.parent(scope.getKey()));
            } else if (isDense(scope.getKey())) {
                dense.add(scope.getValue());
            }
            masked |= scope.getValue().containsKey("NotEqual");
        }
        model.operations().forEach(this::check);
        return new KerasOptions(cells, dense, masked);
    }

    private boolean isDense(String scope) {
        return scopes.containsKey(scope)
                && !isCell(scope)
                && !VariableName.last(scope).equals("Tensordot")
                && (scopes.get(scope).containsKey("MatMul")
                        || scopes.getOrDefault(scope + "/Tensordot", Map.of()).containsKey("MatMul"));
    }

    /** Refuses an operation that changes numbers and belongs to no supported layer. */
    private void check(Operation operation) {
        String scope = VariableName.parent(operation.name());
        String type = operation.type();
        if (type.startsWith("Reverse")) {
            throw new Unsupported(
                    file + ": layer " + scope,
                    "runs backwards (" + type
                            + "), which requires the whole sequence and cannot run one step at a time");
        }
        boolean known = PLUMBING.contains(type)
                || isInRecurrentLayer(scope)
                || (isDense(scope) && KerasOptions.isOfDense(type))
                || VariableName.last(scope).equals("Tensordot")
                || (isEmbedding(scope) && OF_EMBEDDING.contains(type));
        if (!known) {
            throw new Unsupported(
                    file,
                    "operation " + operation.name() + " of type " + type
                            + " in its graph does not belong to a supported layer; save the model as .keras and"
                            + " import that file");
        }
    }

    private boolean isEmbedding(String scope) {
        Map<String, Integer> operations = scopes.getOrDefault(scope, Map.of());
        return operations.containsKey("GatherV2") || operations.containsKey("ResourceGather");
    }

    private boolean isInRecurrentLayer(String scope) {
        String at = scope;
        for (int depth = 0; depth < MAX_DEPTH && !at.isEmpty(); depth++) {
            if (recurrentLayers.contains(at)) {
                return true;
            }
            at = VariableName.parent(at);
        }
        return false;
    }
}
