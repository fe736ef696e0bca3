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
 * PyTorch's models: a {@code state_dict}, alone or in a checkpoint, from torch.save or from elsewhere. Which layers there are
 * is told by names and shapes; in which order by what fits, the numbers in names, the order in a file of torch.save, and the
 * user's spec: its {@code layers[].cell}, {@code layers[].name} and {@code heads[].name}, the latter two the names of modules.
 */
public final class TorchImporter {
    private TorchImporter() {}

    /**
     * Reads a file of torch.save.
     *
     * @param file what errors call it
     * @param spec the user's, possibly empty
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model in it
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
                notes.add("TorchScript: parameters are read, the code beside them is not");
            } else {
                Checkpoint checkpoint = Checkpoint.find(torch.root(), file);
                stored = checkpoint.tensors();
                if (!checkpoint.path().isEmpty()) {
                    notes.add("state_dict: at " + checkpoint.path() + " of the checkpoint");
                }
                if (!checkpoint.ignored().isEmpty()) {
                    notes.add("left out, as they are no tensors: " + String.join(", ", checkpoint.ignored()));
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
     * Makes a draft of a state_dict that was read elsewhere. The order of its tensors tells nothing: safetensors sorts them.
     *
     * @param file what errors call it
     * @param spec the user's, possibly empty
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it is no usable model
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
