package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.MergeLayer;

/** Layers that turn several vectors into one, by one operation. */
final class MergeType implements LayerType.WithoutParameters<MergeLayer> {
    private final MergeLayer.Kind kind;

    MergeType(MergeLayer.Kind kind) {
        this.kind = kind;
    }

    @Override
    public MergeLayer read(LayerContent content) {
        return new MergeLayer(kind, content.inputSizes());
    }

    @Override
    public void writeSpec(MergeLayer layer, ObjectNode spec) {
        // The cell's name is the operation, and the spec has no other setting.
    }

    @Override
    public void describe(MergeLayer layer, LayerDescription out) {
        out.vector("y", layer.outputSize(), layer.specName());
    }
}
