package io.lstmstreams.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.torch.StateDicts;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Imports models of PyTorch, Keras, TensorFlow and ONNX. */
public final class ModelImporter {
    private ModelImporter() {}

    /**
     * A model that was read from a framework's file.
     *
     * @param model the model, ready to be saved
     * @param notes the importer's remarks, and the inferred settings with their reasons, one line each
     */
    public record Imported(Model model, List<String> notes) {}

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
            return new Imported(model, stateDicts.notes());
        }
        CompleteDraft draft = Inference.complete(source.read(path, spec, architecture), spec);
        return new Imported(draft.content().toModel(spec, path.toString(), ModelFile.nameOf(path)), draft.notes());
    }
}
