package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.EmbeddingLayer;

/** Embeddings of events. */
final class EmbeddingType implements LayerType<EmbeddingLayer> {
    @Override
    public EmbeddingLayer read(LayerContent content) {
        ModelSpec.Layer spec = content.spec();
        Tensor weight = content.parameters().matrix("weight");
        int size = (int) weight.shape()[1];
        if (spec.size() != null && spec.size() != size) {
            throw content.malformed("the spec says size " + spec.size() + ", but the tensors have " + size);
        }
        return new EmbeddingLayer(
                (int) weight.shape()[0],
                size,
                spec.offset() == null ? 0 : spec.offset(),
                weight.values(),
                Boolean.TRUE.equals(spec.maskZero()));
    }

    @Override
    public void writeSpec(EmbeddingLayer layer, ObjectNode spec) {
        spec.put("size", layer.outputSize());
        if (layer.offset() > 0) {
            spec.put("offset", layer.offset());
        }
        if (layer.maskZero()) {
            spec.put("maskZero", true);
        }
    }

    @Override
    public void writeParameters(EmbeddingLayer layer, ParameterWriter out) {
        out.put("weight", layer.weights(), layer.inputSize(), layer.outputSize());
    }

    @Override
    public void describe(EmbeddingLayer layer, LayerDescription out) {
        out.vector("y", layer.outputSize(), "the event's row of a table of " + layer.inputSize());
    }
}
