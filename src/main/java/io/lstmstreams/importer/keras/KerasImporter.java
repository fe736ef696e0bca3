package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads models of Keras: {@code .keras} archives, whole models in HDF5 of Keras 1, 2 and 3, and weights alone, with the model's
 * configuration from a JSON file beside them ({@code model.to_json()}) or from what their names and shapes tell.
 */
public final class KerasImporter {
    private KerasImporter() {}

    /**
     * Reads a model.
     *
     * @param file what errors call it
     * @param spec the user's spec, possibly empty; it tells the order of the layers where the file does not
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it cannot be read, is broken, or holds something that
     *     cannot run one step at a time
     */
    public static Draft read(Path path, String file, ObjectNode spec) {
        return read(path, file, spec, null);
    }

    /**
     * Reads a model whose configuration may stand in a file of its own.
     *
     * @param file what errors call it
     * @param spec the user's spec, possibly empty; it tells the order of the layers where the file does not
     * @param architecture what {@code model.to_json()} gave, for a file of weights alone; null to look for it beside the file
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it cannot be read, is broken, or holds something that
     *     cannot run one step at a time
     */
    public static Draft read(Path path, String file, ObjectNode spec, Path architecture) {
        KerasFile model =
                startsLikeZip(path, file) ? KerasArchive.read(path, file) : KerasHdf5.read(path, file, architecture);
        if (model.config() == null) {
            return BareWeights.draft(model, spec);
        }
        ModelGraph graph = new GraphReader(file, model.generation()).read(model.config());
        Refusals.check(graph);
        List<String> assumed = ConfigCheck.notes(graph, model.generation());
        Weights weights = Weights.of(model.weights(), graph, file);
        Draft draft = new GraphTranslator(file, model.generation(), graph, weights).translate();
        weights.refuseLeftovers();
        List<String> notes = new ArrayList<>(draft.notes());
        notes.addAll(assumed);
        return new Draft(draft.spec(), draft.layers(), draft.heads(), List.copyOf(notes));
    }

    private static boolean startsLikeZip(Path path, String file) {
        if (Files.isDirectory(path)) {
            throw new Inaccessible(file, "is a folder, not a file", null);
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(2);
            if (start.length == 0) {
                throw new Malformed(file, "is empty");
            }
            return start.length == 2 && start[0] == 'P' && start[1] == 'K';
        } catch (NoSuchFileException e) {
            throw new Inaccessible(file, "no such file", e);
        } catch (IOException e) {
            throw new Inaccessible(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
