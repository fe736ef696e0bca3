package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.ProtobufInput;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of {@code saved_model.pb} (TensorFlow's core/protobuf/saved_model.proto, meta_graph.proto and
 * saved_object_graph.proto, and core/framework/function.proto): the functions with the names and types of their
 * operations, without the connections between operations; the shapes of the served model's inputs; and Keras' text
 * about its model, which TensorFlow 2.0 to 2.4 stored here.
 */
public final class SavedModelGraph {
    private static final int MAX_BYTES = 32 << 20; // the graph of a recurrent layer takes about 50 KB
    private static final int MAX_PARTS = 200_000; // functions and operations; a recurrent layer has about 100
    private static final int MAX_NAME = 1_000;

    private final String file;
    private static final String KERAS = "_tf_keras_";

    private final List<Function> functions = new ArrayList<>();
    private final List<long[]> inputs = new ArrayList<>();
    private boolean ofKeras;
    private String kerasModel = "";
    private int parts;

    private SavedModelGraph(String file) {
        this.file = file;
    }

    /** One operation, such as {@code lstm/while/lstm_cell/Sigmoid} of type {@code Sigmoid}. */
    public record Operation(String name, String type) {}

    /** One function with its operations in the file's order. */
    public record Function(String name, List<Operation> operations) {}

    /**
     * Reads the file.
     *
     * @param path the path of saved_model.pb
     * @param file the model's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read or is malformed
     */
    public static SavedModelGraph read(Path path, String file) {
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
        boolean hasGraph = ProtobufInput.read(
                bytes, file + " (" + path.getFileName() + ")", in -> graph.each(in, 2, graph::metaGraph));
        if (!hasGraph) {
            throw new Malformed(file, "its " + path.getFileName() + " does not contain a graph");
        }
        return graph;
    }

    /** Returns all functions, in the file's order. */
    public List<Function> functions() {
        return functions;
    }

    /** Returns the shape of each input of the default signature; -1 for a size that is open. */
    public List<long[]> inputs() {
        return inputs;
    }

    /** Returns whether the objects of the model are those of Keras 2. */
    public boolean isOfKeras() {
        return ofKeras;
    }

    /** Returns Keras' JSON about the whole model; empty if it is not in this file. */
    public String kerasModel() {
        return kerasModel;
    }

    /** Reads each message in a field of the current message; returns false if there is none. */
    private <T> boolean each(ProtobufInput in, int field, ProtobufInput.Content<T> content) throws IOException {
        boolean found = false;
        while (in.next()) {
            if (in.field() == field) {
                in.message(content);
                found = true;
            }
        }
        return found;
    }

    private boolean metaGraph(ProtobufInput in) throws IOException {
        boolean found = false;
        while (in.next()) {
            switch (in.field()) {
                case 2 -> found |= in.message(graph -> each(graph, 2, library -> each(library, 1, this::function)));
                case 5 -> in.message(this::signature);
                case 7 -> in.message(graph -> each(graph, 1, this::object));
                default -> {}
            }
        }
        return found;
    }

    /** Reads an entry of the map of signatures. */
    private boolean signature(ProtobufInput in) throws IOException {
        String name = "";
        List<long[]> shapes = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = checked(in.text());
                case 2 -> in.message(signature -> each(signature, 1, input -> shapes.addAll(input(input))));
                default -> {}
            }
        }
        return name.equals("serving_default") && inputs.addAll(shapes);
    }

    /** Reads an entry of the map of a signature's inputs, and returns the shape. */
    private List<long[]> input(ProtobufInput in) throws IOException {
        List<Long> shape = new ArrayList<>();
        count();
        while (in.next()) {
            if (in.field() == 2) {
                in.message(tensor -> each(
                        tensor,
                        3,
                        dimensions -> each(dimensions, 2, dimension -> {
                            long size = 0;
                            while (dimension.next()) {
                                size = dimension.field() == 1 ? dimension.integer() : size;
                            }
                            count();
                            return shape.add(size);
                        })));
            }
        }
        return List.of(shape.stream().mapToLong(Long::longValue).toArray());
    }

    /** Reads an object of the model; the first one is the whole model. */
    private boolean object(ProtobufInput in) throws IOException {
        count();
        return each(in, 4, user -> {
            String identifier = "";
            String metadata = "";
            while (user.next()) {
                switch (user.field()) {
                    case 1 -> identifier = checked(user.text());
                    case 3 -> metadata = user.text();
                    default -> {}
                }
            }
            if (identifier.startsWith(KERAS)) {
                kerasModel = ofKeras ? kerasModel : metadata;
                ofKeras = true;
            }
            return true;
        });
    }

    private boolean function(ProtobufInput in) throws IOException {
        String name = "";
        count();
        List<Operation> operations = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.message(this::nameAndType).name(); // the signature
                case 3 -> {
                    count();
                    operations.add(in.message(this::nameAndType));
                }
                default -> {}
            }
        }
        return functions.add(new Function(name, operations));
    }

    private void count() {
        if (++parts > MAX_PARTS) {
            throw new Unsupported(file, "its graph must have at most " + MAX_PARTS + " operations, but has more");
        }
    }

    /** Reads a node's name and type, or a signature's name, whose second field is not a type. */
    private Operation nameAndType(ProtobufInput in) throws IOException {
        String name = "";
        String type = "";
        while (in.next()) {
            if (in.field() == 1) {
                name = checked(in.text());
            } else if (in.field() == 2 && type.isEmpty()) {
                type = checked(in.text());
            }
        }
        return new Operation(name, type);
    }

    private String checked(String name) {
        if (name.length() > MAX_NAME) {
            throw new Malformed(
                    file, "a name in its graph must have at most " + MAX_NAME + " characters, but has more");
        }
        return name;
    }
}
