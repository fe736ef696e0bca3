package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.torch.format.StoredTensor;
import io.lstmstreams.importer.torch.format.TorchFile;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Imports PyTorch's models: a {@code state_dict}, alone or in a checkpoint, written by torch.save or as safetensors.
 * The layers are inferred from names and shapes. Their order is inferred from the sizes that fit, the numbers in names,
 * the order in a file of torch.save, and the user's spec: {@code layers[].cell} and the modules' names in {@code
 * layers[].name} and {@code heads[].name}.
 */
public final class TorchImporter {
    private TorchImporter() {}

    /**
     * Reads a file of torch.save.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, possibly empty; it may state the order of the layers
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file has no usable model
     */
    public static Draft read(Path path, String file, ObjectNode spec) {
        Draft draft = new Draft(file);
        try (TorchFile torch = TorchFile.open(path, file)) {
            Map<String, StoredTensor> stored;
            Map<String, String> nonlinearities = Map.of();
            if (torch.torchScript()) {
                ScriptModule script = ScriptModule.of(torch.root(), file);
                stored = script.tensors();
                nonlinearities = script.nonlinearities();
                draft.note("TorchScript: the parameters are read, the code is not");
            } else {
                Checkpoint checkpoint = Checkpoint.find(torch.root(), file);
                stored = checkpoint.tensors();
                if (!checkpoint.path().isEmpty()) {
                    draft.note("state_dict: at " + checkpoint.path() + " of the checkpoint");
                }
                if (!checkpoint.ignored().isEmpty()) {
                    draft.note("ignored, because they are not tensors: " + String.join(", ", checkpoint.ignored()));
                }
            }
            List<Tensor> tensors = new ArrayList<>();
            stored.forEach((name, tensor) -> {
                if (!StoredLayers.isCounter(name)) {
                    tensors.add(torch.read(name, tensor));
                }
            });
            fill(draft, tensors, file, spec, nonlinearities, true);
            return draft;
        }
    }

    /**
     * Creates a draft from a state_dict of a safetensors file. The order of its tensors is ignored: safetensors sorts
     * them.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, possibly empty; it may state the order of the layers
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the state_dict is not a usable model
     */
    public static Draft of(TensorFile stateDict, String file, ObjectNode spec) {
        Draft draft = new Draft(file);
        fill(draft, stateDict.tensors().values(), file, spec, Map.of(), false);
        return draft;
    }

    private static void fill(
            Draft draft,
            Collection<Tensor> tensors,
            String file,
            ObjectNode spec,
            Map<String, String> nonlinearities,
            boolean inOrder) {
        Hints hints = Hints.of(spec);
        List<StoredLayer> storedLayers = StoredLayers.of(tensors, file, hints, draft);
        if (!inOrder) {
            Comparator<StoredLayer> natural = Comparator.comparing(StoredLayer::module, ModuleNumbers.NATURAL);
            storedLayers.sort(natural.thenComparing(StoredLayer::layer));
        }
        Chain chain = LayerOrder.of(file, storedLayers, hints, inOrder, draft);
        new DraftWriter(chain, nonlinearities, draft).write(hints);
    }
}
