package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Matrices;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the {@code BasicRNNCell} of TensorFlow 1 (rnn_cell_impl.py): {@code kernel [inputs + H, H]} and {@code bias
 * [H]}.
 */
final class RnnCell {
    private RnnCell() {}

    static RecurrentLayer read(Variables variables, String scope, ObjectNode spec) {
        Tensor kernel = variables.matrix(scope, "kernel");
        int units = (int) kernel.shape()[1];
        int rows = (int) kernel.shape()[0];
        int inputs = rows - units;
        if (inputs <= 0) {
            throw variables.malformed(kernel, "must have shape [inputs + units, units], but has " + kernel.shapeText());
        }
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight_ih", Matrices.transposed(Matrices.rows(kernel, 0, inputs)));
        parameters.put("weight_hh", Matrices.transposed(Matrices.rows(kernel, inputs, rows)));
        parameters.put("bias_ih", variables.tensor(scope, "bias", units));
        spec.put("cell", "rnn").put("units", units);
        return new RecurrentLayer(scope, spec, parameters, inputs, units);
    }
}
