package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxGraph;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import io.lstmstreams.importer.onnx.format.OnnxValueInfo;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sorts the nodes of a graph so that each follows the nodes that it reads, and omits nodes that no output needs. */
final class NodeOrder {
    private final String file;
    private final OnnxGraph graph;
    private final Map<String, Integer> makers = new HashMap<>();
    private final Set<String> given = new HashSet<>();

    private NodeOrder(String file, OnnxGraph graph) {
        this.file = file;
        this.graph = graph;
    }

    /** Returns the positions of the nodes that the graph's outputs need, in order. */
    static List<Integer> of(OnnxGraph graph, String file) {
        NodeOrder order = new NodeOrder(file, graph);
        order.collectNames();
        return order.sorted(order.needed());
    }

    private void collectNames() {
        for (OnnxTensor tensor : graph.initializers()) {
            if (!given.add(tensor.name())) {
                throw new Malformed(file, "has two initializers with the name " + tensor.name());
            }
        }
        Set<String> inputs = new HashSet<>();
        for (OnnxValueInfo input : graph.inputs()) {
            if (!inputs.add(input.name())) {
                throw new Malformed(file, "has two inputs with the name " + input.name());
            }
        }
        given.addAll(inputs);
        for (int i = 0; i < graph.nodes().size(); i++) {
            for (String output : graph.nodes().get(i).outputs()) {
                if (!output.isEmpty() && (given.contains(output) || makers.put(output, i) != null)) {
                    throw new Malformed(file, "has two values with the name " + output);
                }
            }
        }
    }

    private Set<Integer> needed() {
        Set<Integer> needed = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        graph.outputs().forEach(output -> open.add(output.name()));
        while (!open.isEmpty()) {
            String name = open.remove();
            Integer maker = makers.get(name);
            if (maker == null && !given.contains(name)) {
                throw new Malformed(file, "no node in the graph computes the value " + name);
            }
            if (maker != null && needed.add(maker)) {
                OnnxNode node = graph.nodes().get(maker);
                open.addAll(node.reads());
            }
        }
        return needed;
    }

    private List<Integer> sorted(Set<Integer> needed) {
        Map<Integer, Integer> waiting = new HashMap<>();
        Map<Integer, List<Integer>> readers = new HashMap<>();
        Deque<Integer> ready = new ArrayDeque<>();
        for (int node = 0; node < graph.nodes().size(); node++) {
            if (needed.contains(node)) {
                Set<Integer> sources = new HashSet<>();
                for (String input : graph.nodes().get(node).reads()) {
                    if (makers.containsKey(input)) {
                        sources.add(makers.get(input));
                    }
                }
                for (int source : sources) {
                    readers.computeIfAbsent(source, key -> new ArrayList<>()).add(node);
                }
                waiting.put(node, sources.size());
                if (sources.isEmpty()) {
                    ready.add(node);
                }
            }
        }
        List<Integer> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            int node = ready.remove();
            order.add(node);
            for (int reader : readers.getOrDefault(node, List.of())) {
                if (waiting.merge(reader, -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
        if (order.size() < needed.size()) {
            throw new Malformed(file, "its graph has a cycle");
        }
        return order;
    }
}
