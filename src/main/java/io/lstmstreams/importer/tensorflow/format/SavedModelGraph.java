package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions of a SavedModel's graph in {@code saved_model.pb} (TensorFlow's core/protobuf/saved_model.proto,
 * meta_graph.proto and core/framework/function.proto): names and types of their operations, without the connections between
 * operations.
 */
public final class SavedModelGraph {
    private static final int MAX_BYTES = 32 << 20; // the graph of a recurrent layer takes about 50 KB
    private static final int MAX_PARTS = 200_000; // functions and operations; a recurrent layer has about 100
    private static final int MAX_NAME = 1_000;

    private final String file;
    private final List<Function> functions = new ArrayList<>();
    private int parts;

    private SavedModelGraph(String file) {
        this.file = file;
    }

    /** One operation, such as {@code lstm/while/lstm_cell/Sigmoid} of type {@code Sigmoid}. */
    public record Operation(String name, String type) {}

    /** One function with its operations in the file's order. */
    public record Function(String name, List<Operation> operations) {}

    /**
     * Reads all functions.
     *
     * @param path the path of saved_model.pb
     * @param file the model's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read or is malformed
     */
    public static List<Function> functions(Path path, String file) {
        byte[] bytes;
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new Unsupported(file, "its graph must have at most " + MAX_BYTES + " bytes, but has more");
            }
            bytes = Files.readAllBytes(path);
        } catch (IOException e) {
            throw new Inaccessible(file, "its graph cannot be read (" + e.getMessage() + ")", e);
        }
        SavedModelGraph graph = new SavedModelGraph(file);
        ProtoMessage savedModel = new ProtoMessage(bytes, file + " (" + path.getFileName() + ")");
        boolean hasGraph = false;
        while (savedModel.next()) {
            if (savedModel.number() == 2) { // meta_graphs
                graph.metaGraph(savedModel.message());
                hasGraph = true;
            }
        }
        if (!hasGraph) {
            throw new Malformed(file, "its " + path.getFileName() + " does not contain a graph");
        }
        return graph.functions;
    }

    private void metaGraph(ProtoMessage metaGraph) {
        while (metaGraph.next()) {
            if (metaGraph.number() == 2) { // graph_def
                ProtoMessage graph = metaGraph.message();
                while (graph.next()) {
                    if (graph.number() == 2) { // library
                        library(graph.message());
                    }
                }
            }
        }
    }

    private void library(ProtoMessage library) {
        while (library.next()) {
            if (library.number() == 1) {
                functions.add(function(library.message()));
            }
        }
    }

    private Function function(ProtoMessage function) {
        String name = "";
        count();
        List<Operation> operations = new ArrayList<>();
        while (function.next()) {
            if (function.number() == 1) { // signature
                name = texts(function.message())[1];
            } else if (function.number() == 3) { // node_def
                count();
                String[] node = texts(function.message());
                operations.add(new Operation(node[1], node[2]));
            }
        }
        return new Function(name, operations);
    }

    private void count() {
        if (++parts > MAX_PARTS) {
            throw new Unsupported(file, "its graph must have at most " + MAX_PARTS + " operations, but has more");
        }
    }

    /** Returns the texts in fields 1 and 2 of a message: a node's name and operation, or a signature's name. */
    private String[] texts(ProtoMessage message) {
        String[] texts = {"", "", ""};
        while (message.next()) {
            if (message.number() == 1 || (message.number() == 2 && texts[2].isEmpty())) {
                String text = message.text();
                if (text.length() > MAX_NAME) {
                    throw new Malformed(
                            file, "a name in its graph must have at most " + MAX_NAME + " characters, but has more");
                }
                texts[message.number()] = text;
            }
        }
        return texts;
    }
}
