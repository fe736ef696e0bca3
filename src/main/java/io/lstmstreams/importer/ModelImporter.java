package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.draft.Origin;
import io.lstmstreams.importer.draft.Setting;
import io.lstmstreams.importer.draft.SettingsTable;
import io.lstmstreams.importer.torch.StateDicts;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Imports models of PyTorch, Keras, TensorFlow and ONNX. */
public final class ModelImporter {
    private ModelImporter() {}

    /**
     * A model that was read from a framework's file.
     *
     * @param model the model, ready to be saved
     * @param settings the model's settings, each with its origin
     * @param notes remarks of the importer that concern no setting, one line each
     */
    public record Imported(Model model, SettingsTable settings, List<String> notes) {}

    /**
     * Reads a framework's model file, or our own model file.
     *
     * @param path a file, the prefix of a TensorFlow checkpoint, or the folder of a SavedModel
     * @param spec a spec in JSON, complete or partial; its fields take precedence over the file's
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     */
    public static Imported importFrom(Path path, ObjectNode spec) {
        return importFrom(path, spec, null);
    }

    /**
     * Reads a framework's model file whose architecture is in a separate file.
     *
     * @param path a file, the prefix of a TensorFlow checkpoint, or the folder of a SavedModel
     * @param spec a spec in JSON, complete or partial; its fields take precedence over the file's
     * @param architecture the output of Keras' {@code model.to_json()} for a file of weights alone, if it is separate
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     */
    public static Imported importFrom(Path path, ObjectNode spec, @Nullable Path architecture) {
        ModelSource source = ModelSource.of(path);
        if (architecture != null && source != ModelSource.KERAS) {
            throw new Unsupported(architecture.toString(), "is only for weights of Keras; give a spec with --spec");
        }
        if (source == ModelSource.SAFETENSORS) {
            StateDicts stateDicts = new StateDicts();
            Model model = ModelFile.load(path, spec, stateDicts);
            CompleteDraft draft = stateDicts.draft();
            return draft == null
                    ? new Imported(
                            model, table(model, spec, JsonNodeFactory.instance.objectNode(), List.of()), List.of())
                    : imported(model, draft);
        }
        CompleteDraft draft = Inference.complete(read(source, path, spec, architecture), spec);
        return imported(draft.content().toModel(spec, path.toString(), ModelFile.nameOf(path)), draft);
    }

    private static Draft read(ModelSource source, Path path, ObjectNode spec, @Nullable Path architecture) {
        try {
            return source.read(path, spec, architecture);
        } catch (Malformed e) {
            if (architecture == null || String.valueOf(e.getMessage()).startsWith(architecture.toString())) {
                throw e;
            }
            throw new Malformed(
                    architecture.toString(),
                    "does not fit the weights, perhaps because it is of another model: " + e.getMessage());
        }
    }

    private static Imported imported(Model model, CompleteDraft draft) {
        List<Setting> settings = new ArrayList<>(draft.settings());
        settings.add(new Setting("name", model.network().name(), Origin.file("its name")));
        return new Imported(model, table(model, draft.userSpec(), draft.spec(), settings), draft.messages());
    }

    private static SettingsTable table(Model model, ObjectNode userSpec, ObjectNode importer, List<Setting> found) {
        return new SettingsTable(
                ModelFile.parseSpec(ModelFile.spec(model), model.network().name()), userSpec, importer, found);
    }
}
