package io.lstmstreams.importer.onnx.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replaces nodes whose operators a model defines itself by the nodes of their definitions. */
final class FunctionInlining {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_NODES = 200_000;

    private final String file;
    private final Map<String, OnnxFunction> functions = new HashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private int calls;

    private FunctionInlining(String file, List<OnnxFunction> functions) {
        this.file = file;
        functions.forEach(function -> this.functions.put(function.key(), function));
    }

    /** Returns a graph without nodes of such operators. */
    static OnnxGraph inlined(OnnxGraph graph, List<OnnxFunction> functions, String file) {
        if (functions.isEmpty()) {
            return graph;
        }
        FunctionInlining inlining = new FunctionInlining(file, functions);
        graph.nodes().forEach(node -> inlining.add(node, 0));
        return new OnnxGraph(
                graph.name(),
                List.copyOf(inlining.nodes),
                graph.initializers(),
                graph.inputs(),
                graph.outputs(),
                graph.sparse());
    }

    private void add(OnnxNode node, int depth) {
        OnnxFunction function = functions.get(node.domain() + "::" + node.opType());
        if (function == null) {
            nodes.add(node);
        } else {
            expand(node, function, depth + 1);
        }
        if (nodes.size() > MAX_NODES || depth > MAX_DEPTH) {
            throw new Unsupported(
                    file,
                    "the operators that it defines must nest at most " + MAX_DEPTH + " levels deep and expand"
                            + " to at most "
                            + MAX_NODES + " nodes");
        }
    }

    private void expand(OnnxNode call, OnnxFunction function, int depth) {
        String prefix = (call.name().isEmpty() ? function.name() : call.name()) + "." + calls++ + ".";
        Map<String, String> names = new HashMap<>();
        names.put("", "");
        for (int i = 0; i < function.inputs().size(); i++) {
            names.put(
                    function.inputs().get(i),
                    i < call.inputs().size() ? call.inputs().get(i) : "");
        }
        for (int i = 0; i < function.outputs().size() && i < call.outputs().size(); i++) {
            if (!call.outputs().get(i).isEmpty()) {
                names.put(function.outputs().get(i), call.outputs().get(i));
            }
        }
        for (OnnxNode node : function.nodes()) {
            List<String> inputs = renamed(node.inputs(), names, prefix);
            List<String> outputs = renamed(node.outputs(), names, prefix);
            Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
            node.attributes().values().forEach(attribute -> put(attributes, attribute, call, function));
            String name = prefix + (node.name().isEmpty() ? node.opType() : node.name());
            add(new OnnxNode(node.opType(), node.domain(), name, inputs, outputs, attributes), depth);
        }
    }

    private static List<String> renamed(List<String> values, Map<String, String> names, String prefix) {
        return values.stream()
                .map(value -> names.computeIfAbsent(value, inner -> prefix + inner))
                .toList();
    }

    /** Adds an attribute, or the attribute of the call to which it refers. */
    private void put(
            Map<String, OnnxAttribute> attributes, OnnxAttribute attribute, OnnxNode call, OnnxFunction function) {
        if (attribute.graph().isPresent()) {
            throw new Unsupported(file, "the operator " + function.name() + " that it defines must not contain graphs");
        }
        if (attribute.reference().isEmpty()) {
            attributes.put(attribute.name(), attribute);
            return;
        }
        OnnxAttribute given = call.attributes()
                .getOrDefault(attribute.reference(), function.defaults().get(attribute.reference()));
        if (given != null) {
            attributes.put(attribute.name(), given.named(attribute.name()));
        }
    }
}
