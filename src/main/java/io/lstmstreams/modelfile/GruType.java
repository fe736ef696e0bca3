package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.GruLayer.GruOptions;

/** GRU layers, with the reset gate before or after the product. */
final class GruType implements LayerType<GruLayer> {
    private static final int CANDIDATE = 2; // the block of rows, among r, z and n

    @Override
    public GruLayer read(LayerContent content) {
        Parameters parameters = content.parameters();
        Tensor hidden = parameters.matrix("weight_hh");
        int units = (int) hidden.shape()[1];
        int rows = Math.multiplyExact(GruLayer.GATES, units);
        parameters.expect(hidden, rows, units);
        Tensor input = RecurrentParameters.inputWeights(parameters, rows);
        content.checkUnits(units);
        boolean resetAfter = !Boolean.FALSE.equals(content.spec().resetAfter());
        float[] bias = parameters.sum("bias_ih", "bias_hh", rows);
        float[] candidateBias = new float[units];
        if (resetAfter) { // the reset gate scales the candidate's recurrent bias, so the two biases are not added
            int candidate = CANDIDATE * units;
            System.arraycopy(parameters.valuesOr("bias_ih", 0f, rows), candidate, bias, candidate, units);
            System.arraycopy(parameters.valuesOr("bias_hh", 0f, rows), candidate, candidateBias, 0, units);
        }
        GruOptions options = options(content, resetAfter);
        return new GruLayer(
                (int) input.shape()[1],
                units,
                input.values(),
                hidden.values(),
                parameters.finite(bias, "the biases' sum"),
                candidateBias,
                options);
    }

    private static GruOptions options(LayerContent content, boolean resetAfter) {
        ModelSpec.Layer spec = content.spec();
        return new GruOptions(
                content.activation(spec.activation(), Activation.TANH),
                content.activation(spec.recurrentActivation(), Activation.SIGMOID),
                resetAfter,
                content.number(spec.clip(), "clip"));
    }

    @Override
    public void writeSpec(GruLayer layer, ObjectNode spec) {
        GruOptions options = layer.options();
        spec.put("units", layer.units());
        ActivationSpec.put(spec, "activation", options.activation(), Activation.TANH);
        ActivationSpec.put(spec, "recurrentActivation", options.recurrentActivation(), Activation.SIGMOID);
        spec.put("resetAfter", options.resetAfter());
        SpecWriter.putLimit(spec, "clip", options.clip());
    }

    @Override
    public void writeParameters(GruLayer layer, ParameterWriter out) {
        int units = layer.units();
        float[] recurrentBias = new float[GruLayer.GATES * units];
        System.arraycopy(layer.candidateBias(), 0, recurrentBias, CANDIDATE * units, units);
        RecurrentParameters.write(layer, recurrentBias, out);
    }

    @Override
    public void describe(GruLayer layer, LayerDescription out) {
        GruOptions options = layer.options();
        int h = layer.units();
        int xh = layer.inputSize() + h;
        String gate = LayerDescription.name(options.recurrentActivation());
        String function = LayerDescription.name(options.activation());
        String candidate = options.resetAfter() ? "W_n x + b_n + r * (U_n h + b_hn)" : "W_n x + b_n + U_n (r * h)";
        out.vector("h", h, "hidden state, from the step before");
        out.stacked(xh, ": what every gate reads", options.clip());
        out.gate("r", h, xh, "reset gate      " + gate + "(W_r [x; h] + b_r)");
        out.gate("z", h, xh, "update gate     " + gate + "(W_z [x; h] + b_z)");
        out.gate("n", h, xh, "candidate       " + function + "(" + candidate + ")");
        out.vector("h", h, "new hidden state   (1 - z) * n + z * h, element by element");
    }
}
