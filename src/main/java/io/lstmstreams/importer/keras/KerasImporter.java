package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Imports models of Keras: {@code .keras} archives, complete models in HDF5 of Keras 1, 2 and 3, and weights alone. The
 * configuration of weights is read from a JSON file beside them ({@code model.to_json()}) or inferred from names and
 * shapes.
 */
public final class KerasImporter {
    private KerasImporter() {}

    /**
     * Reads a model.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, possibly empty; it gives the order of the layers if the file does not
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is malformed, or holds a
     *     model that cannot run one step at a time
     */
    public static Draft read(Path path, String file, ObjectNode spec) {
        return read(path, file, spec, null);
    }

    /**
     * Reads a model whose configuration may be in a separate file.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, possibly empty; it gives the order of the layers if the file does not
     * @param architecture the output of {@code model.to_json()} for a file of weights; if absent, it is searched for
     *     beside the file
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is malformed, or holds a
     *     model that cannot run one step at a time
     */
    public static Draft read(Path path, String file, ObjectNode spec, @Nullable Path architecture) {
        KerasFile model =
                startsLikeZip(path, file) ? KerasArchive.read(path, file) : KerasHdf5.read(path, file, architecture);
        ObjectNode config = model.config();
        if (config == null) {
            return UnconfiguredModel.draft(model, spec);
        }
        return draft(config, model.version(), model.weights(), file);
    }

    /**
     * Reads a model whose configuration and variables were found elsewhere, in a SavedModel.
     *
     * @param metadata Keras' JSON about the model, with {@code class_name}, {@code config} and {@code keras_version}
     * @param variables the variables by their names in the program, such as {@code lstm/lstm_cell/kernel}
     * @param file the file's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the text is malformed, or if the model cannot run
     *     one step at a time
     */
    public static Draft readVariables(String metadata, Map<String, Tensor> variables, String file) {
        ObjectNode config =
                KerasJson.parse(metadata.getBytes(StandardCharsets.UTF_8), file + ": Keras' text about the model");
        KerasVersion version = KerasVersion.of(config.path("keras_version").asText("2"), config);
        return draft(config, version, ProgramVariables.layered(variables), file);
    }

    private static Draft draft(ObjectNode config, KerasVersion version, Hdf5Group stored, String file) {
        ModelGraph whole = new GraphReader(file, version.generation()).read(config);
        Refusals.check(whole);
        ConfigCheck.check(whole);
        ModelGraph graph = States.without(whole, file);
        Weights weights = Weights.of(stored, graph, file);
        Draft draft = new GraphTranslator(file, version, graph, weights).translate();
        weights.refuseLeftovers();
        notePrecision(whole, draft);
        return draft;
    }

    /** Notes a precision of Keras' computation that is not that of lstm-streams. */
    private static void notePrecision(ModelGraph graph, Draft draft) {
        for (Layer layer : graph.layers()) {
            JsonNode dtype = layer.config().path("dtype");
            String policy = dtype.isObject() ? dtype.path("config").path("name").asText("") : dtype.asText("");
            if (policy.contains("float16") && !layer.className().equals("InputLayer")) {
                draft.note("Keras computes this model in " + policy + ", lstm-streams in float32: their outputs differ"
                        + " by the rounding of 16 bits, about " + (policy.contains("bfloat16") ? "0.01" : "0.001"));
                return;
            }
        }
    }

    private static boolean startsLikeZip(Path path, String file) {
        return FileReading.read(path, file, () -> {
            try (InputStream in = Files.newInputStream(path)) {
                byte[] start = in.readNBytes(2);
                if (start.length == 0) {
                    throw new Malformed(file, "is empty");
                }
                return start.length == 2 && start[0] == 'P' && start[1] == 'K';
            }
        });
    }
}
