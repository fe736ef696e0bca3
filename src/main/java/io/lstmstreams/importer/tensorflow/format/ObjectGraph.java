package io.lstmstreams.importer.tensorflow.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The graph of objects that a checkpoint of TensorFlow 2 holds beside its tensors (core/protobuf/trackable_object_graph.proto):
 * here only which variable, by its own name, lies under which key.
 */
final class ObjectGraph {
    /** The tensor that it is stored in. */
    static final String KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

    private ObjectGraph() {}

    /**
     * Full names of variables, such as {@code sequential/lstm/lstm_cell/kernel}, by the keys of their tensors.
     *
     * @param keys those that are there; others do not matter
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
