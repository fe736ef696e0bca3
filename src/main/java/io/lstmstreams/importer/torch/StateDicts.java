package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.ModelContent;
import io.lstmstreams.modelfile.StateDictReader;
import io.lstmstreams.modelfile.tensor.TensorFile;
import java.util.ArrayList;
import java.util.List;

/** Reads PyTorch {@code state_dict}s in safetensors and collects the import notes. Not thread-safe. */
public final class StateDicts implements StateDictReader {
    private final List<String> notes = new ArrayList<>();

    @Override
    public boolean isCounter(String tensor) {
        return StoredLayers.isCounter(tensor);
    }

    @Override
    public ModelContent read(TensorFile stateDict, String where, ObjectNode spec) {
        CompleteDraft draft = Inference.complete(TorchImporter.of(stateDict, where, spec), spec);
        notes.addAll(draft.notes());
        return draft.content();
    }

    /** Returns the importer's remarks, and the inferred settings with their reasons, one line each. */
    public List<String> notes() {
        return notes;
    }
}
