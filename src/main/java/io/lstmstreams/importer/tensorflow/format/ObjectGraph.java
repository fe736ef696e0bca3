package io.lstmstreams.importer.tensorflow.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the graph of objects in a checkpoint of TensorFlow 2 (core/protobuf/trackable_object_graph.proto): only the variables'
 * own names and the keys of their tensors.
 */
final class ObjectGraph {
    /** The key of the tensor that holds the graph. */
    static final String KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

    private ObjectGraph() {}

    /**
     * Returns the full names of variables, such as {@code sequential/lstm/lstm_cell/kernel}, by the keys of their tensors.
     *
     * @param keys the keys of the existing tensors; others are ignored
     */
    static Map<String, String> fullNames(byte[] proto, Set<String> keys, String where) {
        Map<String, String> names = new LinkedHashMap<>();
        ProtoMessage graph = new ProtoMessage(proto, where);
        while (graph.next()) {
            if (graph.number() == 1) {
                ProtoMessage node = graph.message();
                while (node.next()) {
                    if (node.number() == 2) {
                        attribute(node.message(), keys, names);
                    }
                }
            }
        }
        return names;
    }

    private static void attribute(ProtoMessage attribute, Set<String> keys, Map<String, String> names) {
        String fullName = "";
        String key = "";
        while (attribute.next()) {
            switch (attribute.number()) {
                case 2 -> fullName = attribute.text();
                case 3 -> key = attribute.text();
                default -> {} // the attribute's own name, always VARIABLE_VALUE for a variable
            }
        }
        if (!fullName.isEmpty() && keys.contains(key)) {
            names.put(key, fullName);
        }
    }
}
