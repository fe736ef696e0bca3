package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.Origin;
import io.lstmstreams.importer.keras.KerasImporter;
import io.lstmstreams.importer.tensorflow.format.KerasMetadata;
import io.lstmstreams.importer.tensorflow.format.Npz;
import io.lstmstreams.importer.tensorflow.format.SavedModelGraph;
import io.lstmstreams.importer.tensorflow.format.TensorBundle;
import io.lstmstreams.importer.tensorflow.format.VariableFile;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Imports the variables of a TensorFlow model: from a checkpoint in format V2, the variables of a SavedModel, or an
 * {@code .npz} with an array for each variable.
 */
public final class TensorFlowImporter {
    private static final String INDEX = ".index";
    private static final String SAVED_MODEL = "saved_model.pb";
    private static final int MAX_STEPS = 100_000;
    private static final Pattern CHECKPOINT_FILE = Pattern.compile("(.+)\\.(index|meta|data-\\d{5}-of-\\d{5})");

    private TensorFlowImporter() {}

    /**
     * Returns whether {@link #read} accepts a path: an {@code .npz}, any file of a checkpoint or the prefix of the
     * files' names, or the folder of a SavedModel.
     */
    public static boolean recognises(Path path) {
        return isArchive(path) || Files.isRegularFile(path.resolve(SAVED_MODEL)) || isCheckpoint(path);
    }

    private static boolean isArchive(Path path) {
        return name(path).endsWith(".npz");
    }

    private static boolean isCheckpoint(Path path) {
        return name(path).endsWith(INDEX) || Files.exists(index(path));
    }

    private static String name(Path path) {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }

    private static Path prefix(Path path) {
        Matcher file = CHECKPOINT_FILE.matcher(name(path));
        return file.matches() ? path.resolveSibling(file.group(1)) : path;
    }

    private static Path index(Path path) {
        Path prefix = prefix(path);
        return prefix.resolveSibling(name(prefix) + INDEX);
    }

    /**
     * Reads a model.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, which decides what the variables leave open
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is damaged, or holds an
     *     unsupported model
     */
    public static Draft read(Path path, String file, ObjectNode spec) {
        if (isArchive(path)) {
            Variables variables = Variables.of(Npz.open(path, file), Map.of(), file);
            return DraftWriter.write(variables, KerasOptions.UNKNOWN, spec);
        }
        if (Files.isDirectory(path)) {
            return savedModel(path, file, spec);
        }
        if (!isCheckpoint(path)) {
            if (Files.exists(path)) {
                throw new Unsupported(file, "is not a checkpoint of TensorFlow: " + name(index(path)) + " is missing");
            }
            throw new Inaccessible(file, "does not exist", null);
        }
        TensorBundle bundle = TensorBundle.open(prefix(path), file);
        return DraftWriter.write(Variables.of(bundle, bundle.fullNames(), file), KerasOptions.UNKNOWN, spec);
    }

    private static Draft savedModel(Path folder, String file, ObjectNode spec) {
        if (!Files.isRegularFile(folder.resolve(SAVED_MODEL))) {
            throw new Unsupported(file, "is a folder, but not a SavedModel: " + SAVED_MODEL + " is missing");
        }
        Path prefix = folder.resolve("variables").resolve("variables");
        if (!Files.exists(index(prefix))) {
            throw new Inaccessible(file, "is an incomplete SavedModel: variables/variables.index is missing", null);
        }
        SavedModelGraph graph = SavedModelGraph.read(folder.resolve(SAVED_MODEL), file);
        TensorBundle bundle = TensorBundle.open(prefix, file);
        String inGraph = graph.kerasModel();
        String keras = inGraph.isEmpty() ? KerasMetadata.model(folder.resolve("keras_metadata.pb"), file) : inGraph;
        if (!keras.isEmpty()) {
            return KerasImporter.readVariables(keras, namedVariables(bundle, file), file);
        }
        KerasOptions options = KerasGraph.options(graph.functions(), file);
        if (options.equals(KerasOptions.UNKNOWN) && !spec.path("layers").isArray()) {
            throw new Unsupported(
                    file,
                    (graph.isOfKeras()
                                    ? "is a SavedModel of Keras 2 without its keras_metadata.pb"
                                    : "is a SavedModel whose graph does not show layers of Keras")
                            + ", so that a repeated vector, a reversed sequence or a branch would not be seen; save the"
                            + " model as .keras or .h5, or state all its layers with --spec and layers");
        }
        Draft draft = DraftWriter.write(Variables.of(bundle, bundle.fullNames(), file), options, spec);
        writeSteps(draft, graph, options.masked());
        return draft;
    }

    /** States that a model with a fixed number of steps runs windows, as Keras' own files do. */
    private static void writeSteps(Draft draft, SavedModelGraph graph, boolean masked) {
        List<Long> steps = graph.inputs().stream()
                .filter(shape -> shape.length > 1 && shape[1] > 0)
                .map(shape -> shape[1])
                .distinct()
                .toList();
        if (steps.size() == 1 && steps.get(0) <= MAX_STEPS) {
            draft.window(
                    Math.toIntExact(steps.get(0)),
                    !masked && steps.get(0) > 1,
                    Origin.file("because the served model reads this number of steps"));
        }
    }

    /**
     * Returns the variables of the model, without those of the training, by their names in its program, in the order of
     * their paths in the model.
     */
    private static Map<String, Tensor> namedVariables(TensorBundle bundle, String file) {
        Map<String, String> names = bundle.fullNames();
        Map<String, Tensor> named = new LinkedHashMap<>();
        List<VariableFile.Variable> variables = new ArrayList<>();
        ModelVariables.of(bundle.variables(), names, file).forEach(variable -> variables.add(variable.variable()));
        variables.sort((one, other) -> VariableName.compare(one.name(), other.name()));
        for (VariableFile.Variable variable : variables) {
            String key = variable.name();
            if (variable.number()) {
                String name = names.getOrDefault(key, key).replaceFirst(":\\d+$", "");
                if (named.put(name, bundle.tensor(key)) != null) {
                    throw new Unsupported(
                            file,
                            "has several variables named " + name
                                    + ", as models within a model have; save the model as .keras or .h5");
                }
            }
        }
        return named;
    }
}
