package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the {@code BasicRNNCell} of TensorFlow 1 (rnn_cell_impl.py): {@code kernel [inputs + H, H]} and {@code bias [H]}. */
final class RnnCell {
    private RnnCell() {}

    static Layer read(Variables variables, String scope, ObjectNode spec) {
        Tensor kernel = variables.matrix(scope, "kernel");
        int units = (int) kernel.shape()[1];
        int rows = (int) kernel.shape()[0];
        int inputs = rows - units;
        if (inputs <= 0) {
            throw variables.malformed(kernel, "must have shape [inputs + units, units], but has " + kernel.shapeText());
        }
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight_ih", Columns.transposed(kernel, 0, inputs, units, 0));
        parameters.put("weight_hh", Columns.transposed(kernel, inputs, rows, units, 0));
        parameters.put("bias_ih", variables.tensor(scope, "bias", units));
        spec.put("cell", "rnn").put("units", units);
        return new Layer(scope, spec, parameters, inputs, units);
    }
}
