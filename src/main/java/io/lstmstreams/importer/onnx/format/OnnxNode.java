package io.lstmstreams.importer.onnx.format;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One operation of a graph (onnx.proto, {@code NodeProto}).
 *
 * @param opType the operator, such as {@code LSTM}
 * @param domain the operator set; empty for ONNX's own
 * @param name the node's name, possibly empty
 * @param inputs the names of the inputs, in the operator's order; empty for an omitted input
 * @param outputs the names of the outputs; empty for an omitted output
 * @param attributes the attributes by name
 */
public record OnnxNode(
        String opType,
        String domain,
        String name,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes) {

    /** Returns the names of all values that the node reads: its inputs, and what its graphs read from outside. */
    public Set<String> reads() {
        Set<String> reads = new LinkedHashSet<>(inputs);
        attributes.values().forEach(attribute -> attribute.graph().ifPresent(graph -> reads.addAll(outside(graph))));
        reads.remove("");
        return reads;
    }

    private static Set<String> outside(OnnxGraph graph) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> inside = new HashSet<>();
        graph.inputs().forEach(input -> inside.add(input.name()));
        graph.initializers().forEach(tensor -> inside.add(tensor.name()));
        for (OnnxNode node : graph.nodes()) {
            names.addAll(node.reads());
            inside.addAll(node.outputs());
        }
        graph.outputs().forEach(output -> names.add(output.name()));
        names.removeAll(inside);
        return names;
    }
}
