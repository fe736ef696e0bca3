package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.DenseLayer;

/** Dense layers. */
final class DenseType implements LayerType<DenseLayer> {
    @Override
    public DenseLayer read(LayerContent content) {
        Tensor weight = content.parameters().matrix("weight");
        int outputs = (int) weight.shape()[0];
        content.checkUnits(outputs);
        return new DenseLayer(
                (int) weight.shape()[1],
                outputs,
                weight.values(),
                content.parameters().valuesOr("bias", 0f, outputs),
                content.activation(content.spec().activation(), Activation.LINEAR));
    }

    @Override
    public void writeSpec(DenseLayer layer, ObjectNode spec) {
        spec.put("units", layer.outputSize());
        ActivationSpec.put(spec, "activation", layer.activation(), Activation.LINEAR);
    }

    @Override
    public void writeParameters(DenseLayer layer, ParameterWriter out) {
        out.put("weight", layer.weights(), layer.outputSize(), layer.inputSize());
        out.put("bias", layer.bias(), layer.outputSize());
    }

    @Override
    public void describe(DenseLayer layer, LayerDescription out) {
        String function = LayerDescription.name(layer.activation());
        out.product("y", layer.outputSize(), layer.inputSize(), function + "(W x + b)");
    }
}
