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
import java.util.List;
import java.util.Map;

/** Writes a chain as a draft. A state_dict states neither activations nor the execution. */
final class DraftWriter {
    private static final double EPSILON = 1e-5; // of BatchNorm and LayerNorm
    private static final Origin PYTORCH = Origin.defaultOf("PyTorch");

    private final Chain chain;
    private final Map<String, String> nonlinearities;
    private final Map<String, Double> epsilons;
    private final Draft draft;

    /**
     * Creates a writer.
     *
     * @param nonlinearities the nonlinearities of simple RNNs by module, as far as the file states them
     * @param epsilons the default {@code epsilon} by module, where it is not PyTorch's
     */
    DraftWriter(Chain chain, Map<String, String> nonlinearities, Map<String, Double> epsilons, Draft draft) {
        this.chain = chain;
        this.nonlinearities = nonlinearities;
        this.epsilons = epsilons;
        this.draft = draft;
    }

    void write(Hints hints) {
        boolean stated = hints.layers() != null; // the user has listed the layers without parameters, too
        for (Chain.Layer layer : chain.layers()) {
            if (!stated && layer.stored() != null && !draft.layers().isEmpty()) {
                activation(layer.stored(), draft.layers().size() - 1);
            }
            layer(layer);
        }
        int last = draft.layers().size() - 1;
        for (Chain.Head head : chain.heads()) {
            int from = stated || head.stored() == null ? last : activation(head.stored(), last);
            head(head, from);
        }
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
                Double other = epsilons.get(stored.module());
                double epsilon = other == null ? EPSILON : other;
                added.put("epsilon", epsilon);
                draft.assume(
                        position,
                        "epsilon",
                        Double.toString(epsilon),
                        other == null ? PYTORCH : Origin.defaultOf("flax"));
                if (cell == LayerKind.LAYER_NORM && other == null && !StoredLayers.isCalledLayerNorm(stored)) {
                    draft.require(position, "cell", stored.main().name(), new TextNode("layer_norm"));
                }
            }
        }
    }

    /**
     * Asks for the activation that a member of an nn.Sequential without parameters may be, unless it is that of a dense
     * layer, which is asked for anyway.
     *
     * @param from the position of the layer that it reads
     * @return the position of the activation, or {@code from} if there is none
     */
    private int activation(StoredLayer next, int from) {
        List<String> modules =
                chain.storedLayers().stream().map(StoredLayer::module).toList();
        String member = ModuleNumbers.memberWithoutParameters(next.module(), modules);
        DraftLayer below = draft.layers().get(from);
        if (member == null || below.spec().path("cell").asText().equals(LayerKind.DENSE.specName())) {
            return from;
        }
        ObjectNode spec = JsonNodeFactory.instance.objectNode().put("cell", "activation");
        int position = draft.addLayer(new DraftLayer(spec, Map.of(), below.outputs()), List.of(from));
        draft.require(
                position,
                "activation",
                member + ", a member of an nn.Sequential without parameters; linear for a Dropout",
                new TextNode("relu"));
        return position;
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

    private void head(Chain.Head head, int from) {
        StoredLayer stored = head.stored();
        draft.addHead(
                stored == null
                        ? new DraftHead(head.name(), from, Map.of(), -1, head.name())
                        : new DraftHead(head.name(), from, stored.parameters(), stored.outputs(), head.name()));
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
