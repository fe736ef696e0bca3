package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Matrices;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the GRU cells of TensorFlow 1. The variables of {@code GRUCell} and {@code GRUBlockCellV2} (rnn_cell_impl.py,
 * contrib's gru_ops.py) are:
 *
 * <pre>
 * gates/kernel [inputs + H, 2H], gates/bias [2H]            columns r, u: our r and z
 * candidate/kernel [inputs + H, H], candidate/bias [H]      of x and r * h: the reset comes before the product
 * h' = u * h + (1 - u) * candidate
 * </pre>
 *
 * {@code GRUBlockCell} names these variables w_ru, b_ru, w_c and b_c. {@code CudnnCompatibleGRUCell} (contrib's
 * cudnn_rnn_ops.py) resets after the product and has, instead of the candidate's kernel,
 * {@code candidate/input_projection/kernel [inputs, H]} and {@code candidate/hidden_projection/kernel [H, H]}, each
 * with a bias.
 */
final class GruCell {
    private static final String CUDNN_INPUT = "candidate/input_projection/";
    private static final String CUDNN_HIDDEN = "candidate/hidden_projection/";

    private GruCell() {}

    static boolean isAt(Variables variables, String scope) {
        return variables.has(scope, "gates/kernel") || variables.has(scope, "w_ru");
    }

    static RecurrentLayer read(Variables variables, String scope, ObjectNode spec) {
        boolean block = variables.has(scope, "w_ru");
        Tensor gates = variables.matrix(scope, block ? "w_ru" : "gates/kernel");
        int units = (int) (gates.shape()[1] / 2);
        int rows = (int) gates.shape()[0];
        int inputs = rows - units;
        if (gates.shape()[1] % 2 != 0 || inputs <= 0) {
            throw variables.malformed(
                    gates, "must have shape [inputs + units, 2 * units], but has " + gates.shapeText());
        }
        Tensor gatesBias = variables.tensor(scope, block ? "b_ru" : "gates/bias", 2L * units);
        Tensor ih = Matrices.transposed(Matrices.rows(gates, 0, inputs));
        Tensor hh = Matrices.transposed(Matrices.rows(gates, inputs, rows));
        boolean resetAfter = variables.has(scope, CUDNN_INPUT + "kernel");
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        if (resetAfter) {
            Tensor ofInput = variables.tensor(scope, CUDNN_INPUT + "kernel", inputs, units);
            Tensor ofState = variables.tensor(scope, CUDNN_HIDDEN + "kernel", units, units);
            Tensor none = new Tensor(gatesBias.name(), new long[] {2L * units}, new float[2 * units]);
            parameters.put("weight_ih", Matrices.stacked(ih, Matrices.transposed(ofInput)));
            parameters.put("weight_hh", Matrices.stacked(hh, Matrices.transposed(ofState)));
            parameters.put(
                    "bias_ih", Matrices.stacked(gatesBias, variables.tensor(scope, CUDNN_INPUT + "bias", units)));
            parameters.put("bias_hh", Matrices.stacked(none, variables.tensor(scope, CUDNN_HIDDEN + "bias", units)));
        } else {
            Tensor candidate = variables.tensor(scope, block ? "w_c" : "candidate/kernel", rows, units);
            Tensor candidateBias = variables.tensor(scope, block ? "b_c" : "candidate/bias", units);
            parameters.put("weight_ih", Matrices.stacked(ih, Matrices.transposed(Matrices.rows(candidate, 0, inputs))));
            parameters.put(
                    "weight_hh", Matrices.stacked(hh, Matrices.transposed(Matrices.rows(candidate, inputs, rows))));
            parameters.put("bias_ih", Matrices.stacked(gatesBias, candidateBias));
        }
        spec.put("cell", "gru").put("units", units).put("resetAfter", resetAfter);
        return new RecurrentLayer(scope, spec, parameters, inputs, units);
    }
}
