package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.importer.bytes.ProtobufInput;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads {@code keras_metadata.pb}, in which TensorFlow 2.5 to 2.15 stored Keras' text about each object of a SavedModel
 * (keras/protobuf/saved_metadata.proto).
 */
public final class KerasMetadata {
    private static final int MAX_BYTES = 32 << 20; // a layer takes about 2 KB
    private static final String WHOLE_MODEL = "root";

    private KerasMetadata() {}

    /**
     * Returns the JSON about the whole model; empty if the file does not exist or does not have it.
     *
     * @param path the path of keras_metadata.pb
     * @param file the model's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read or is malformed
     */
    public static String model(Path path, String file) {
        if (!Files.isRegularFile(path)) {
            return "";
        }
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new Unsupported(file, "its keras_metadata.pb must have at most " + MAX_BYTES + " bytes");
            }
            return ProtobufInput.read(Files.readAllBytes(path), file + " (" + path.getFileName() + ")", in -> {
                String model = "";
                while (in.next()) {
                    String text = in.field() == 1 ? in.message(KerasMetadata::node) : "";
                    model = text.isEmpty() ? model : text;
                }
                return model;
            });
        } catch (IOException e) {
            throw new Inaccessible(file, "its keras_metadata.pb cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** Returns the text of the node of the whole model; empty for another node. */
    private static String node(ProtobufInput in) throws IOException {
        String path = "";
        String text = "";
        while (in.next()) {
            switch (in.field()) {
                case 3 -> path = in.text();
                case 5 -> text = in.text();
                default -> {}
            }
        }
        return path.equals(WHOLE_MODEL) ? text : "";
    }
}
