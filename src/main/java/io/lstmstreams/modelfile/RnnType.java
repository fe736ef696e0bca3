package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.RnnLayer;

/** Simple recurrent layers, which have no gates. */
final class RnnType implements LayerType<RnnLayer> {
    @Override
    public RnnLayer read(LayerContent content) {
        Parameters parameters = content.parameters();
        Tensor hidden = parameters.matrix("weight_hh");
        int units = (int) hidden.shape()[1];
        parameters.expect(hidden, units, units);
        Tensor input = RecurrentParameters.inputWeights(parameters, units);
        content.checkUnits(units);
        return new RnnLayer(
                (int) input.shape()[1],
                units,
                input.values(),
                hidden.values(),
                parameters.finite(parameters.sum("bias_ih", "bias_hh", units), "the biases' sum"),
                content.activation(content.spec().activation(), Activation.TANH),
                content.number(content.spec().clip(), "clip"));
    }

    @Override
    public void writeSpec(RnnLayer layer, ObjectNode spec) {
        spec.put("units", layer.units());
        ActivationSpec.put(spec, "activation", layer.activation(), Activation.TANH);
        SpecWriter.putLimit(spec, "clip", layer.clip());
    }

    @Override
    public void writeParameters(RnnLayer layer, ParameterWriter out) {
        RecurrentParameters.write(layer, out);
    }

    @Override
    public void describe(RnnLayer layer, LayerDescription out) {
        int h = layer.units();
        int xh = layer.inputSize() + h;
        out.vector("h", h, "hidden state, from the step before");
        out.stacked(xh, "", layer.clip());
        out.gate("h", h, xh, LayerDescription.name(layer.activation()) + "(W [x; h] + b)");
    }
}
