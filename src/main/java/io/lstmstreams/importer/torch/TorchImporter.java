package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.torch.format.StoredTensor;
import io.lstmstreams.importer.torch.format.TorchFile;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Imports PyTorch's models: a {@code state_dict}, alone or in a checkpoint, written by torch.save or as safetensors.
 * The layers are inferred from names and shapes. Their order is inferred from the sizes that fit, the numbers in names,
 * the order in a file of torch.save, and the user's spec: {@code layers[].cell} and the modules' names in {@code
 * layers[].name} and {@code heads[].name}.
 */
public final class TorchImporter {
    private static final Pattern RECURRENT =
            Pattern.compile("(?:.*[./])?weight_hh(?:_l\\d+)?(?:_raw)?", Pattern.DOTALL);

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
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            stored.forEach((name, tensor) -> {
                if (!StoredLayers.isCounter(name)) {
                    tensors.put(name, torch.read(name, tensor));
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
        fill(draft, withTied(stateDict, draft), file, spec, Map.of(), false);
        return draft;
    }

    /**
     * Returns whether the names of arrays are those of a state_dict, or of a flax or equinox model with a recurrent
     * cell.
     */
    public static boolean recognises(Collection<String> names) {
        return JaxCells.isFlax(names)
                || names.stream().anyMatch(name -> RECURRENT.matcher(name).matches());
    }

    /**
     * Returns the tensors together with those that safetensors' {@code save_model} left out, because they share memory
     * with a tensor of another name: the file's metadata has the name of the kept tensor under that of the other.
     */
    private static Map<String, Tensor> withTied(TensorFile stateDict, Draft draft) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(stateDict.tensors());
        stateDict.metadata().forEach((name, kept) -> {
            Tensor tensor = stateDict.tensors().get(kept);
            if (tensor != null
                    && tensors.putIfAbsent(name, new Tensor(name, tensor.shape(), tensor.values())) == null) {
                draft.note("tensor " + name + ": is " + kept + ", as the file's metadata says");
            }
        });
        return tensors;
    }

    private static void fill(
            Draft draft,
            Map<String, Tensor> stored,
            String file,
            ObjectNode spec,
            Map<String, String> nonlinearities,
            boolean inOrder) {
        Hints hints = Hints.of(spec);
        JaxCells.Renamed tensors = JaxCells.of(ComputedWeights.of(stored, file, draft), file, draft);
        List<StoredLayer> storedLayers = StoredLayers.of(tensors.tensors().values(), file, hints, draft);
        if (!inOrder) {
            Comparator<StoredLayer> natural = Comparator.comparing(StoredLayer::module, ModuleNumbers.NATURAL);
            storedLayers.sort(natural.thenComparing(StoredLayer::layer));
        }
        Chain chain = LayerOrder.of(file, storedLayers, hints, inOrder, draft);
        new DraftWriter(chain, nonlinearities, tensors.epsilons(), draft).write(hints);
    }
}
