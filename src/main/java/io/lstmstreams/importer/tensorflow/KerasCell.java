package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.GateOrder;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/**
 * Reads the recurrent layers of Keras (keras/src/layers/rnn): {@code kernel [inputs, gates * H]}, {@code
 * recurrent_kernel [H, gates * H]} and {@code bias}. The number of gates determines the layer: 4 is an LSTM (columns i,
 * f, c, o, which is our order; the stored bias includes unit_forget_bias), 3 a GRU (z, r, h; a bias of shape {@code [2,
 * 3H]} if the reset comes after the product), 1 a SimpleRNN.
 */
final class KerasCell {
    private static final int LSTM = 4;
    private static final int GRU = 3;

    private KerasCell() {}

    static boolean isAt(Variables variables, String scope) {
        return variables.has(scope, "recurrent_kernel");
    }

    static RecurrentLayer read(Variables variables, String scope, ObjectNode spec) {
        Tensor recurrent = variables.matrix(scope, "recurrent_kernel");
        int units = (int) recurrent.shape()[0];
        int gates = (int) (recurrent.shape()[1] / units);
        if (recurrent.shape()[1] % units != 0 || (gates != LSTM && gates != GRU && gates != 1)) {
            throw variables.malformed(
                    recurrent, "must have the shape of an LSTM, GRU or SimpleRNN, but has " + recurrent.shapeText());
        }
        Tensor kernel = variables.matrix(scope, "kernel");
        int inputs = (int) kernel.shape()[0];
        variables.tensor(scope, "kernel", inputs, recurrent.shape()[1]);
        boolean biased = variables.has(scope, "bias");
        boolean twice = biased && gates == GRU && variables.shape(scope, "bias").length == 2;
        long columns = recurrent.shape()[1];
        Tensor bias = !biased
                ? null
                : twice ? variables.tensor(scope, "bias", 2, columns) : variables.tensor(scope, "bias", columns);
        spec.put("cell", gates == LSTM ? "lstm" : gates == GRU ? "gru" : "rnn").put("units", units);
        if (biased && gates == GRU) {
            spec.put("resetAfter", twice);
        }
        Map<String, Tensor> parameters = GateOrder.keras(gates).ofKeras(kernel, recurrent, bias);
        return new RecurrentLayer(scope, spec, parameters, inputs, units);
    }
}
