package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.ActivationLayer;

/** Layers that apply an activation function. */
final class ActivationType implements LayerType.WithoutParameters<ActivationLayer> {
    @Override
    public ActivationLayer read(LayerContent content) {
        return new ActivationLayer(
                content.inputSize(), content.activation(content.spec().activation(), Activation.LINEAR));
    }

    @Override
    public void writeSpec(ActivationLayer layer, ObjectNode spec) {
        spec.set("activation", ActivationSpec.write(layer.activation()));
    }

    @Override
    public void describe(ActivationLayer layer, LayerDescription out) {
        out.vector("y", layer.outputSize(), LayerDescription.name(layer.activation()) + "(x)");
    }
}
