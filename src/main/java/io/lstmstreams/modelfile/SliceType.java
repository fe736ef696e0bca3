package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.SliceLayer;

/** Layers that read consecutive elements of a vector. */
final class SliceType implements LayerType.WithoutParameters<SliceLayer> {
    @Override
    public SliceLayer read(LayerContent content) {
        Integer offset = content.spec().offset();
        Integer units = content.spec().units();
        return new SliceLayer(content.inputSize(), offset == null ? 0 : offset, units == null ? 0 : units);
    }

    @Override
    public void writeSpec(SliceLayer layer, ObjectNode spec) {
        spec.put("offset", layer.offset()).put("units", layer.outputSize());
    }

    @Override
    public void describe(SliceLayer layer, LayerDescription out) {
        int last = layer.offset() + layer.outputSize() - 1;
        out.vector("y", layer.outputSize(), "x[%d..%d]".formatted(layer.offset(), last));
    }
}
