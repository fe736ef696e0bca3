package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.ProtobufInput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the graph of objects in a checkpoint of TensorFlow 2 (core/protobuf/trackable_object_graph.proto): only the
 * variables' own names and the keys of their tensors.
 */
final class ObjectGraph {
    /** The key of the tensor that holds the graph. */
    static final String KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

    private ObjectGraph() {}

    /**
     * Returns the full names of variables, such as {@code sequential/lstm/lstm_cell/kernel}, by the keys of their
     * tensors.
     *
     * @param keys the keys of the existing tensors; others are ignored
     */
    static Map<String, String> fullNames(byte[] proto, Set<String> keys, String where) {
        Map<String, String> names = new LinkedHashMap<>();
        ProtobufInput.read(proto, where, graph -> {
            while (graph.next()) {
                if (graph.field() == 1) {
                    graph.message(node -> node(node, keys, names));
                }
            }
            return names;
        });
        return names;
    }

    private static Map<String, String> node(ProtobufInput in, Set<String> keys, Map<String, String> names)
            throws IOException {
        while (in.next()) {
            if (in.field() == 2) {
                in.message(attribute -> attribute(attribute, keys, names));
            }
        }
        return names;
    }

    private static Map<String, String> attribute(ProtobufInput in, Set<String> keys, Map<String, String> names)
            throws IOException {
        String fullName = "";
        String key = "";
        while (in.next()) {
            switch (in.field()) {
                case 2 -> fullName = in.text();
                case 3 -> key = in.text();
                default -> {} // the attribute's own name, always VARIABLE_VALUE for a variable
            }
        }
        if (!fullName.isEmpty() && keys.contains(key)) {
            names.put(key, fullName);
        }
        return names;
    }
}
