package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the recurrent layers of Keras (keras/src/layers/rnn): {@code kernel [inputs, gates * H]}, {@code recurrent_kernel [H,
 * gates * H]} and {@code bias}. The number of gates determines the layer: 4 is an LSTM (columns i, f, c, o, which is our order;
 * the stored bias includes unit_forget_bias), 3 a GRU (z, r, h; a bias of shape {@code [2, 3H]} if the reset comes after the
 * product), 1 a SimpleRNN.
 */
final class KerasCell {
    private static final int LSTM = 4;
    private static final int GRU = 3;

    private KerasCell() {}

    static boolean isAt(Variables variables, String scope) {
        return variables.has(scope, "recurrent_kernel");
    }

    static Layer read(Variables variables, String scope, ObjectNode spec) {
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
        int[] order = switch (gates) {
            case LSTM -> new int[] {0, 1, 2, 3};
            case GRU -> new int[] {1, 0, 2};
            default -> new int[] {0};
        };
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight_ih", Columns.transposed(kernel, 0, inputs, units, order));
        parameters.put("weight_hh", Columns.transposed(recurrent, 0, units, units, order));
        spec.put("cell", gates == LSTM ? "lstm" : gates == GRU ? "gru" : "rnn").put("units", units);
        if (variables.has(scope, "bias")) {
            bias(variables, scope, units, order, spec, parameters);
        }
        return new Layer(scope, spec, parameters, inputs, units);
    }

    private static void bias(
            Variables variables,
            String scope,
            int units,
            int[] order,
            ObjectNode spec,
            Map<String, Tensor> parameters) {
        int rows = order.length * units;
        boolean twice = order.length == GRU && variables.shape(scope, "bias").length == 2;
        Tensor bias = twice ? variables.tensor(scope, "bias", 2, rows) : variables.tensor(scope, "bias", rows);
        parameters.put("bias_ih", Columns.reordered(bias, 0, units, order));
        if (twice) {
            parameters.put("bias_hh", Columns.reordered(bias, rows, units, order));
        }
        if (order.length == GRU) {
            spec.put("resetAfter", twice);
        }
    }
}
