package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxGraph;
import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs a graph of nodes on arrays. Not thread-safe. */
public final class GraphRunner {
    private static final Map<String, NodeFunction> FUNCTIONS = functions();

    private final OnnxModel model;
    private final List<OnnxNode> order; // each node after the nodes that it reads
    private final Map<String, NdArray> constants = new HashMap<>();

    /**
     * Prepares a graph.
     *
     * @param order the graph's nodes, each after the nodes that it reads
     */
    public GraphRunner(OnnxModel model, List<OnnxNode> order) {
        this.model = model;
        this.order = order;
    }

    /** Returns the number of the graph's weights. */
    public long weights() {
        return model.graph().initializers().stream()
                .mapToLong(OnnxTensor::count)
                .sum();
    }

    private static Map<String, NodeFunction> functions() {
        Map<String, NodeFunction> all = new HashMap<>();
        all.putAll(ElementFunctions.all());
        all.putAll(ShapeFunctions.all());
        all.putAll(VectorFunctions.all());
        all.putAll(RecurrentFunctions.all());
        return Map.copyOf(all);
    }

    /** Returns the names of the operators that can be run. */
    public static Set<String> operatorNames() {
        return FUNCTIONS.keySet();
    }

    /** Returns the first operator of the graph that cannot be run, or null. */
    public @Nullable String missingOperator() {
        return order.stream()
                .filter(node -> !node.domain().isEmpty() || !FUNCTIONS.containsKey(node.opType()))
                .map(OnnxNode::opType)
                .findFirst()
                .orElse(null);
    }

    /**
     * Runs the graph.
     *
     * @param inputs the values of the graph's inputs by name
     * @return the values of the graph's outputs by name, in the graph's order
     * @throws IllegalArgumentException if a node cannot be evaluated, with the node's name
     */
    public Map<String, NdArray> run(Map<String, NdArray> inputs) {
        if (constants.isEmpty()) {
            model.graph().initializers().forEach(tensor -> constants.put(tensor.name(), ShapeFunctions.of(tensor)));
        }
        Map<String, NdArray> values = new HashMap<>(constants);
        values.putAll(inputs);
        for (OnnxNode node : order) {
            List<@Nullable NdArray> read = new ArrayList<>();
            for (String input : node.inputs()) {
                read.add(input.isEmpty() ? null : values.get(input));
            }
            List<NdArray> made = apply(node, read);
            for (int i = 0; i < node.outputs().size() && i < made.size(); i++) {
                values.put(node.outputs().get(i), made.get(i));
            }
        }
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        OnnxGraph graph = model.graph();
        graph.outputs().forEach(output -> {
            NdArray value = values.get(output.name());
            if (value != null) {
                outputs.put(output.name(), value);
            }
        });
        return outputs;
    }

    private List<NdArray> apply(OnnxNode node, List<@Nullable NdArray> read) {
        NodeFunction function = FUNCTIONS.get(node.opType());
        if (function == null) {
            throw new IllegalArgumentException("the operator " + node.opType() + " cannot be run");
        }
        try {
            return function.apply(new NodeCall(node, read, model.opsets().getOrDefault("", 1L)));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "node " + node.name() + " (" + node.opType() + ") cannot be run: " + e.getMessage(), e);
        }
    }
}
