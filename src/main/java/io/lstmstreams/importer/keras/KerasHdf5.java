package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.bytes.FileReading;
import io.lstmstreams.importer.keras.format.Hdf5;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keras' HDF5 files. A complete model has its configuration in an attribute; a file of weights alone may have it in a
 * JSON file beside it, such as {@code x.json} beside {@code x_weights.h5}.
 */
final class KerasHdf5 {
    private static final String CONFIG = "model_config";
    private static final String WHOLE_MODELS_WEIGHTS = "model_weights";
    private static final String VERSION = "keras_version";
    private static final int MAX_JSON = 1 << 24;

    private KerasHdf5() {}

    /**
     * Reads a file.
     *
     * @param architecture the separate file of the model's configuration; if absent, it is searched for beside the
     *     weights
     */
    static KerasFile read(Path path, String file, @Nullable Path architecture) {
        Hdf5Group root = Hdf5.read(path, file, KerasFile::isOfTraining);
        Hdf5Group weights = root.groups().get(WHOLE_MODELS_WEIGHTS);
        if (root.texts().containsKey(CONFIG) || weights != null) {
            return wholeModel(file, root, weights);
        }
        boolean ofLayers = root.texts().containsKey(VERSION)
                || root.texts().containsKey("layer_names")
                || root.texts().containsKey("layer_names0");
        if (!ofLayers && StoredWeights.layers(root) == null) {
            throw new Malformed(file, "is an HDF5 file, but contains neither a model nor weights of Keras");
        }
        ObjectNode config = architecture == null ? configBeside(path) : config(architecture);
        String version = root.text(VERSION);
        if (version == null && config != null) {
            version = config.path(VERSION).textValue();
        }
        boolean unknown = config == null && ofLayers && (version == null || !version.matches("[1-3]\\..*"));
        int generation = root.groups().values().stream().anyMatch(KerasHdf5::isOfKeras1) ? 1 : 2;
        return new KerasFile(
                file, unknown ? new KerasVersion(generation, "") : KerasVersion.of(version, config), config, root);
    }

    /** Returns whether the arrays of a layer have names of Keras 1, such as {@code lstm_1_W_i} or {@code dense_1_W}. */
    private static boolean isOfKeras1(Hdf5Group layer) {
        return layer.texts().getOrDefault("weight_names", List.of()).stream()
                .anyMatch(name -> name.matches(".*_W(_\\w)?"));
    }

    private static KerasFile wholeModel(String file, Hdf5Group root, @Nullable Hdf5Group weights) {
        String config = root.text(CONFIG);
        if (config == null) {
            throw new Malformed(file, "has no attribute " + CONFIG);
        }
        if (weights == null) {
            throw new Malformed(file, "has no group " + WHOLE_MODELS_WEIGHTS);
        }
        ObjectNode json = KerasJson.parse(config.getBytes(StandardCharsets.UTF_8), file + ": " + CONFIG);
        String version = root.text(VERSION) == null ? weights.text(VERSION) : root.text(VERSION);
        return new KerasFile(file, KerasVersion.of(version, json), json, weights);
    }

    private static ObjectNode config(Path architecture) {
        ObjectNode json = KerasJson.parse(content(architecture), architecture.toString());
        if (!KerasJson.isModel(json)) {
            throw new Malformed(architecture.toString(), "is not a model of Keras as written by model.to_json()");
        }
        return json;
    }

    /**
     * Returns the content of the first JSON file that belongs to these weights by its name and holds a model, or null.
     */
    private static @Nullable ObjectNode configBeside(Path path) {
        String name = String.valueOf(path.getFileName()).replaceFirst("\\.(h5|hdf5)$", "");
        String model = name.replaceFirst("[._-]?weights$", "");
        List<String> stems = model.isEmpty() || model.equals(name)
                ? List.of(name, name + "_config", name + "_architecture")
                : List.of(name, model, model + "_config", model + "_architecture", model + ".config");
        for (String stem : stems) {
            Path beside = path.resolveSibling(stem + ".json");
            if (Files.isRegularFile(beside)) {
                ObjectNode json = KerasJson.parse(content(beside), beside.toString());
                if (KerasJson.isModel(json)) {
                    return json;
                }
            }
        }
        return null;
    }

    private static byte[] content(Path path) {
        return FileReading.read(path, path.toString(), () -> {
            if (Files.size(path) > MAX_JSON) {
                throw new Malformed(path.toString(), "must have at most " + MAX_JSON + " bytes, but has more");
            }
            return Files.readAllBytes(path);
        });
    }
}
