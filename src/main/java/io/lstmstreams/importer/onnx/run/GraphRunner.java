package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import io.lstmstreams.importer.onnx.format.OnnxGraph;
import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Runs a graph of nodes on arrays. Not thread-safe. */
public final class GraphRunner {
    private static final Map<String, NodeFunction> FUNCTIONS = functions();

    private final OnnxModel model;
    private final List<OnnxNode> order; // each node after the nodes that it reads
    private final Map<String, NdArray> constants = new HashMap<>();
    private final Set<OnnxType> halves = EnumSet.noneOf(OnnxType.class);

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
                .filter(operator -> !operator.equals("If"))
                .findFirst()
                .orElse(null);
    }

    /** Returns the sizes that the graph declares for its outputs' dimensions; one may be a number of steps. */
    public IntStream outputSizes() {
        return model.graph().outputs().stream()
                .flatMap(output -> output.dims().stream().flatMap(List::stream))
                .mapToInt(dim -> (int) Math.min(Integer.MAX_VALUE, dim.size()))
                .filter(size -> size > 0)
                .distinct();
    }

    /** Returns whether weights are stored in half precision. */
    public boolean hasHalfWeights() {
        return model.graph().initializers().stream()
                .map(OnnxTensor::type)
                .anyMatch(type -> type == OnnxType.FLOAT16 || type == OnnxType.BFLOAT16);
    }

    /** Returns the types of half precision that nodes of the last run computed with. */
    public Set<OnnxType> halfPrecision() {
        return halves;
    }

    /**
     * Runs the graph.
     *
     * @param inputs the values of the graph's inputs by name
     * @param rounds true to round the results of nodes of half precision, as a runtime does
     * @return the values of the graph's outputs by name, in the graph's order
     * @throws IllegalArgumentException if a node cannot be evaluated, with the node's name
     */
    public Map<String, NdArray> run(Map<String, NdArray> inputs, boolean rounds) {
        if (constants.isEmpty()) {
            model.graph().initializers().forEach(tensor -> constants.put(tensor.name(), ShapeFunctions.of(tensor)));
        }
        Map<String, NdArray> values = new HashMap<>(constants);
        values.putAll(inputs);
        run(order, values, rounds);
        return outputs(model.graph(), values);
    }

    private void run(List<OnnxNode> nodes, Map<String, NdArray> values, boolean rounds) {
        for (OnnxNode node : nodes) {
            List<@Nullable NdArray> read = new ArrayList<>();
            for (String input : node.inputs()) {
                read.add(input.isEmpty() ? null : values.get(input));
            }
            List<NdArray> made =
                    node.opType().equals("If") ? branch(node, read.get(0), values, rounds) : apply(node, read);
            for (int i = 0; i < node.outputs().size() && i < made.size(); i++) {
                NdArray value = made.get(i);
                if (value.type() == OnnxType.FLOAT16 || value.type() == OnnxType.BFLOAT16) {
                    halves.add(value.type());
                    value = rounds ? value.rounded() : value;
                }
                values.put(node.outputs().get(i), value);
            }
        }
    }

    private static Map<String, NdArray> outputs(OnnxGraph graph, Map<String, NdArray> values) {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        graph.outputs().forEach(output -> {
            NdArray value = values.get(output.name());
            if (value != null) {
                outputs.put(output.name(), value);
            }
        });
        return outputs;
    }

    /** Runs the branch of an If. */
    private List<NdArray> branch(
            OnnxNode node, @Nullable NdArray condition, Map<String, NdArray> values, boolean rounds) {
        if (condition == null || condition.size() != 1) {
            throw new IllegalArgumentException("the condition of node " + node.name() + " is missing");
        }
        String name = condition.value(0) == 0 ? "else_branch" : "then_branch";
        OnnxGraph graph = Optional.ofNullable(node.attributes().get(name))
                .flatMap(OnnxAttribute::graph)
                .orElseThrow(() -> new IllegalArgumentException("node " + node.name() + " has no " + name));
        graph.initializers().forEach(tensor -> values.put(tensor.name(), ShapeFunctions.of(tensor)));
        run(graph.nodes(), values, rounds);
        return List.copyOf(outputs(graph, values).values());
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
