package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.ModelContent;
import io.lstmstreams.modelfile.StateDictReader;
import io.lstmstreams.modelfile.tensor.TensorFile;
import org.jspecify.annotations.Nullable;

/** Reads PyTorch {@code state_dict}s in safetensors and keeps the draft of the last one. Not thread-safe. */
public final class StateDicts implements StateDictReader {
    private @Nullable CompleteDraft draft;

    @Override
    public boolean isCounter(String tensor) {
        return StoredLayers.isCounter(tensor);
    }

    @Override
    public ModelContent read(TensorFile stateDict, String where, ObjectNode spec) {
        CompleteDraft read = Inference.complete(TorchImporter.of(stateDict, where, spec), spec);
        draft = read;
        return read.content();
    }

    /** Returns the last state_dict as a draft, or null if none was read. */
    public @Nullable CompleteDraft draft() {
        return draft;
    }
}
