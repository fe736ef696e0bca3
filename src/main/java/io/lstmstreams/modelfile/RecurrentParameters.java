package io.lstmstreams.modelfile;

import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.recurrent.RecurrentLayer;

/** The parameters that every recurrent layer has, under PyTorch's names. */
final class RecurrentParameters {
    private RecurrentParameters() {}

    /** Returns weight_ih, {@code [rows, X]}. */
    static Tensor inputWeights(Parameters parameters, int rows) {
        Tensor input = parameters.matrix("weight_ih");
        parameters.expect(input, rows, input.shape()[1]);
        return input;
    }

    /** Writes the weights and the bias. The second bias is zero, but PyTorch requires it. */
    static void write(RecurrentLayer layer, ParameterWriter out) {
        write(layer, new float[layer.bias().length], out);
    }

    /** Writes the weights and both biases. */
    static void write(RecurrentLayer layer, float[] recurrentBias, ParameterWriter out) {
        int rows = layer.bias().length;
        out.put("weight_ih", layer.inputWeights(), rows, layer.inputSize());
        out.put("weight_hh", layer.recurrentWeights(), rows, layer.outputSize());
        out.put("bias_ih", layer.bias(), rows);
        out.put("bias_hh", recurrentBias, rows);
    }
}
