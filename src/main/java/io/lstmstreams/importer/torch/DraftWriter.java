package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftHead;
import io.lstmstreams.importer.draft.DraftInput;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.Origin;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/** Writes a chain as a draft. A state_dict states neither activations nor the execution. */
final class DraftWriter {
    private static final double EPSILON = 1e-5; // of BatchNorm and LayerNorm
    private static final Origin PYTORCH = Origin.defaultOf("PyTorch");

    private final Chain chain;
    private final Map<String, String> nonlinearities;
    private final Draft draft;

    /**
     * Creates a writer.
     *
     * @param nonlinearities the nonlinearities of simple RNNs by module, as far as the file states them
     */
    DraftWriter(Chain chain, Map<String, String> nonlinearities, Draft draft) {
        this.chain = chain;
        this.nonlinearities = nonlinearities;
        this.draft = draft;
    }

    void write(Hints hints) {
        chain.layers().forEach(this::layer);
        chain.heads().forEach(this::head);
        draft.headsAreUnsorted(namesHeads(hints));
        input(chain.layers().get(0));
        draft.executionIsUnknown("a state_dict does not state it");
    }

    private void layer(Chain.Layer layer) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode().put("cell", layer.kind());
        StoredLayer stored = layer.stored();
        Map<String, Tensor> parameters = stored == null ? Map.of() : stored.parameters();
        int position = draft.addLayer(new DraftLayer(spec, parameters, layer.width()));
        ObjectNode added = draft.layers().get(position).spec();
        LayerKind cell = layer.cell();
        if (cell == null || stored == null) {
            return;
        }
        switch (cell) {
            case LSTM, GRU, RNN -> recurrent(stored, added, position);
            case EMBEDDING -> added.put("size", (int) layer.width());
            case DENSE -> {
                added.put("units", (int) layer.width());
                draft.require(position, "activation", stored.main().name(), new TextNode("relu"));
            }
            case BATCH_NORM, LAYER_NORM -> {
                added.put("epsilon", EPSILON);
                draft.assume(position, "epsilon", Double.toString(EPSILON), PYTORCH);
            }
        }
    }

    private void recurrent(StoredLayer stored, ObjectNode spec, int position) {
        Tensor projection = stored.parameters().get("weight_hr");
        if (projection != null) {
            spec.put("units", (int) projection.shape()[1]).put("projection", (int) stored.outputs());
            return;
        }
        spec.put("units", (int) stored.outputs());
        String nonlinearity = nonlinearities.get(stored.module());
        if (stored.cell() == LayerKind.RNN && nonlinearity != null) {
            spec.put("activation", nonlinearity);
        } else if (stored.cell() == LayerKind.RNN) {
            draft.assume(position, "activation", "tanh", PYTORCH);
        }
    }

    private void head(Chain.Head head) {
        int last = chain.layers().size() - 1;
        StoredLayer stored = head.stored();
        draft.addHead(
                stored == null
                        ? new DraftHead(head.name(), last, Map.of(), -1, head.name())
                        : new DraftHead(head.name(), last, stored.parameters(), stored.outputs(), head.name()));
    }

    private boolean namesHeads(Hints hints) {
        return hints.heads() != null
                && hints.heads().stream()
                        .anyMatch(hint -> hint.from() != null
                                || (hint.name() != null
                                        && chain.heads().stream()
                                                .anyMatch(head -> head.stored() != null
                                                        && head.stored().isCalled(hint.name()))));
    }

    private void input(Chain.Layer first) {
        StoredLayer stored = first.stored();
        if (stored == null) {
            return; // a layer without parameters does not show the size of x
        }
        if (first.cell() == LayerKind.EMBEDDING) {
            long rows = stored.outputs();
            draft.input(DraftInput.symbol(rows, "because the first layer is an embedding of " + rows + " events"));
        } else {
            draft.input(DraftInput.numbers(stored.inputs()));
        }
    }
}
