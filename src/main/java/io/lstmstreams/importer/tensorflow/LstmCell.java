package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.GateOrder;
import io.lstmstreams.importer.draft.Matrices;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads TensorFlow 1's LSTM cells: {@code BasicLSTMCell}, {@code LSTMCell}, {@code LSTMBlockCell},
 * {@code LSTMBlockFusedCell} (rnn_cell_impl.py, contrib/rnn/python/ops/lstm_ops.py) and {@code LayerNormBasicLSTMCell}
 * (contrib/rnn/python/ops/rnn_cell.py). All have the same variables in the same order:
 *
 * <pre>
 * kernel [inputs + R, 4H]   columns i, j (the candidate), f, o; first the rows of the input, then the rows of h
 * bias [4H]                 missing in a layer-normalised cell
 * w_i_diag, w_f_diag, w_o_diag [H]         peepholes
 * projection/kernel [H, P]                 R is P with a projection, and H without
 * input|transform|forget|output|state / gamma|beta [H]      layer normalisation of i, j, f, o, and of the new c
 * </pre>
 *
 * forget_bias, the activation and the clips are arguments of the cell's constructor; the variables do not contain them.
 */
final class LstmCell {
    private static final int GATES = 4;
    private static final GateOrder ORDER = GateOrder.lstm("igfo");
    private static final double FORGET_BIAS = 1.0; // the default of all constructors but cuDNN's
    private static final double NORM_EPSILON = 1e-12; // variance_epsilon of contrib/layers/python/layers/layers.py
    private static final Map<String, String> NORMS =
            Map.of("input", "i", "forget", "f", "transform", "g", "output", "o", "state", "c");
    private static final String GAMMA = "/gamma";
    private static final List<String> PEEPHOLES = List.of("i", "f", "o");

    private LstmCell() {}

    /** Returns whether a scope has variables that only such a cell has. */
    static boolean isAt(Variables variables, String scope) {
        return variables.has(scope, "kernel")
                && (PEEPHOLES.stream().anyMatch(gate -> variables.has(scope, diagonal(gate)))
                        || NORMS.keySet().stream().anyMatch(norm -> variables.has(scope, norm + GAMMA)));
    }

    private static String diagonal(String gate) {
        return "w_" + gate + "_diag";
    }

    static RecurrentLayer read(Variables variables, String scope, ObjectNode spec) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        Tensor kernel = variables.matrix(scope, "kernel");
        if (kernel.shape()[1] % GATES != 0) {
            throw variables.malformed(kernel, "must have 4 columns for each unit, but has " + kernel.shape()[1]);
        }
        int units = (int) (kernel.shape()[1] / GATES);
        spec.put("cell", "lstm").put("units", units);
        int recurrent = units;
        if (variables.has(scope, "projection/kernel")) {
            Tensor projection = variables.matrix(scope, "projection/kernel");
            recurrent = (int) projection.shape()[1];
            variables.tensor(scope, "projection/kernel", units, recurrent);
            parameters.put("weight_hr", Matrices.transposed(projection));
            spec.put("projection", recurrent);
        }
        int rows = (int) kernel.shape()[0];
        int inputs = rows - recurrent;
        if (inputs <= 0) {
            throw variables.malformed(
                    kernel, "must have more than the " + recurrent + " rows of the state, but has " + rows + " rows");
        }
        parameters.put("weight_ih", ORDER.columns(Matrices.rows(kernel, 0, inputs)));
        parameters.put("weight_hh", ORDER.columns(Matrices.rows(kernel, inputs, rows)));
        boolean normalised = norms(variables, scope, units, spec, parameters);
        if (!normalised || variables.has(scope, "bias")) {
            Tensor bias = variables.tensor(scope, "bias", (long) GATES * units);
            parameters.put("bias_ih", ORDER.rows(bias));
        }
        peepholes(variables, scope, units, spec, parameters);
        if (!scope.contains("cudnn_compatible")) { // its constructor passes 0
            spec.put("forgetBias", FORGET_BIAS);
        }
        return new RecurrentLayer(scope, spec, parameters, inputs, recurrent);
    }

    private static void peepholes(
            Variables variables, String scope, int units, ObjectNode spec, Map<String, Tensor> parameters) {
        if (PEEPHOLES.stream().anyMatch(gate -> variables.has(scope, diagonal(gate)))) {
            for (String gate : PEEPHOLES) {
                parameters.put("weight_p" + gate, variables.tensor(scope, diagonal(gate), units));
            }
            spec.put("peepholes", true);
        }
    }

    private static boolean norms(
            Variables variables, String scope, int units, ObjectNode spec, Map<String, Tensor> parameters) {
        if (NORMS.keySet().stream().noneMatch(norm -> variables.has(scope, norm + GAMMA))) {
            return false;
        }
        if (variables.has(scope, "bias")) {
            throw new Malformed(
                    variables.file(),
                    "cell " + scope
                            + " has a bias and layer normalisation, but TensorFlow's layer-normalised cell has no bias");
        }
        NORMS.forEach((norm, gate) -> {
            parameters.put("norm_" + gate, variables.tensor(scope, norm + GAMMA, units));
            parameters.put("norm_bias_" + gate, variables.tensor(scope, norm + "/beta", units));
        });
        spec.put("layerNorm", true).put("epsilon", NORM_EPSILON);
        return true;
    }
}
