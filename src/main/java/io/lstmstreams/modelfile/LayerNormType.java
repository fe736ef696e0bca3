package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.NormalisationLayer;

/** Layer normalisations. */
final class LayerNormType implements LayerType<NormalisationLayer> {
    private static final double EPSILON = 1e-5; // PyTorch's default

    @Override
    public NormalisationLayer read(LayerContent content) {
        int size = content.inputSize();
        Double epsilon = content.spec().epsilon();
        return new NormalisationLayer(
                content.parameters().valuesOr("weight", 1f, size),
                content.parameters().valuesOr("bias", 0f, size),
                epsilon == null ? EPSILON : epsilon);
    }

    @Override
    public void writeSpec(NormalisationLayer layer, ObjectNode spec) {
        spec.put("epsilon", layer.epsilon());
    }

    @Override
    public void writeParameters(NormalisationLayer layer, ParameterWriter out) {
        out.put("weight", layer.scale(), layer.outputSize());
        out.put("bias", layer.shift(), layer.outputSize());
    }

    @Override
    public void describe(NormalisationLayer layer, LayerDescription out) {
        out.vector("y", layer.outputSize(), layer.specName());
    }
}
