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
 * Imports PyTorch's models: a {@code state_dict}, alone or in a checkpoint, written by torch.save or as safetensors. The layers
 * are inferred from names and shapes. Their order is inferred from the sizes that fit, the numbers in names, the order in a
 * file of torch.save, and the user's spec: {@code layers[].cell} and the modules' names in {@code layers[].name} and
 * {@code heads[].name}.
 */
public final class TorchImporter {
    private TorchImporter() {}

    /**
     * Reads a file of torch.save.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, possibly empty
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file has no usable model
     */
    public static Draft read(Path path, String file, ObjectNode spec) {
        List<String> notes = new ArrayList<>();
        try (TorchFile torch = TorchFile.open(path, file)) {
            Map<String, StoredTensor> stored;
            Map<String, String> nonlinearities = Map.of();
            if (torch.torchScript()) {
                ScriptModule script = ScriptModule.of(torch.root(), file);
                stored = script.tensors();
                nonlinearities = script.nonlinearities();
                notes.add("TorchScript: the parameters are read, the code is not");
            } else {
                Checkpoint checkpoint = Checkpoint.find(torch.root(), file);
                stored = checkpoint.tensors();
                if (!checkpoint.path().isEmpty()) {
                    notes.add("state_dict: at " + checkpoint.path() + " of the checkpoint");
                }
                if (!checkpoint.ignored().isEmpty()) {
                    notes.add("ignored, because they are not tensors: " + String.join(", ", checkpoint.ignored()));
                }
            }
            List<Tensor> tensors = new ArrayList<>();
            stored.forEach((name, tensor) -> {
                if (!Blocks.isCounter(name)) {
                    tensors.add(torch.read(name, tensor));
                }
            });
            return draft(tensors, file, spec, nonlinearities, true, notes);
        }
    }

    /**
     * Creates a draft from a state_dict of a safetensors file. The order of its tensors is ignored: safetensors sorts them.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, possibly empty
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the state_dict is not a usable model
     */
    public static Draft of(TensorFile stateDict, String file, ObjectNode spec) {
        return draft(stateDict.tensors().values(), file, spec, Map.of(), false, new ArrayList<>());
    }

    private static Draft draft(
            Collection<Tensor> tensors,
            String file,
            ObjectNode spec,
            Map<String, String> nonlinearities,
            boolean inOrder,
            List<String> notes) {
        Hints hints = Hints.of(spec);
        List<Block> blocks = Blocks.of(tensors, file, hints, notes);
        if (!inOrder) {
            Comparator<Block> natural = Comparator.comparing(Block::module, ModuleNumbers.NATURAL);
            blocks.sort(natural.thenComparing(Block::layer));
        }
        Chain chain = Order.of(file, blocks, hints, inOrder, notes);
        return new DraftWriter(file, chain, spec, nonlinearities, notes).draft();
    }
}
