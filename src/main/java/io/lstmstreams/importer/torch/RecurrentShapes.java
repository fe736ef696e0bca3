package io.lstmstreams.importer.torch;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Infers the kind of a recurrent layer from its shapes, and checks all shapes. */
final class RecurrentShapes {
    private RecurrentShapes() {}

    /**
     * Returns a recurrent layer.
     *
     * @param module the layer's module
     * @param layer the layer's number in its module
     * @param inputs the number of input values, or -1 if only the weights determine it
     */
    static StoredLayer stored(String where, String module, int layer, Map<String, Tensor> parameters, long inputs) {
        String title = (module.isEmpty() ? "" : module + " ") + "layer " + layer;
        Tensor hidden = matrix(where, parameters.get("weight_hh"), title + " has no weight_hh");
        Tensor input = matrix(where, parameters.get("weight_ih"), title + " has no weight_ih");
        Tensor projection = parameters.get("weight_hr");
        long recurrent = hidden.shape()[1];
        long units = recurrent;
        if (projection != null) {
            matrix(where, projection, "");
            expect(where, projection, recurrent, projection.shape()[1]);
            units = projection.shape()[1];
        }
        LayerKind cell = cell(hidden.shape()[0], units, projection != null);
        long rows = Math.max(1, cell.gates()) * units;
        expect(where, hidden, rows, recurrent);
        expect(where, input, rows, inputs < 0 ? input.shape()[1] : inputs);
        biases(where, title, parameters, rows);
        return new StoredLayer(module, module, layer, cell, parameters, input.shape()[1], recurrent, 0);
    }

    /** Returns the kind by the number of rows; rows that fit no kind are reported as wrong for an LSTM. */
    private static LayerKind cell(long rows, long units, boolean projected) {
        if (!projected && rows == units * LayerKind.GRU.gates()) {
            return LayerKind.GRU;
        }
        return !projected && rows == units ? LayerKind.RNN : LayerKind.LSTM;
    }

    private static void biases(String where, String title, Map<String, Tensor> parameters, long rows) {
        Tensor input = parameters.get("bias_ih");
        Tensor hidden = parameters.get("bias_hh");
        if ((input == null) != (hidden == null)) {
            throw new Malformed(where, title + " has no " + (input == null ? "bias_ih" : "bias_hh"));
        }
        if (input != null && hidden != null) {
            expect(where, input, rows);
            expect(where, hidden, rows);
        }
    }

    static Tensor matrix(String where, @Nullable Tensor tensor, String missing) {
        if (tensor == null) {
            throw new Malformed(where, missing);
        }
        if (tensor.shape().length != 2 || tensor.shape()[0] == 0 || tensor.shape()[1] == 0) {
            throw new Malformed(
                    where + ": tensor " + tensor.name(), "must be a matrix, but has shape " + tensor.shapeText());
        }
        return tensor;
    }

    static void expect(String where, Tensor tensor, long... shape) {
        if (!tensor.hasShape(shape)) {
            throw new Malformed(
                    where + ": tensor " + tensor.name(),
                    "must have shape " + Tensor.text(shape) + ", but has " + tensor.shapeText());
        }
    }
}
