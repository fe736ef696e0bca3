package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
        ModelGraph graph = new GraphReader(file, model.generation()).read(config);
        Refusals.check(graph);
        ConfigCheck.check(graph);
        Weights weights = Weights.of(model.weights(), graph, file);
        Draft draft = new GraphTranslator(file, model.generation(), graph, weights).translate();
        weights.refuseLeftovers();
        return draft;
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
