package io.lstmstreams.importer.keras;

import io.lstmstreams.modelfile.tensor.Tensor;

/** Checks the shapes of arrays against a layer's options. */
final class Shapes {
    private Shapes() {}

    /** Checks a matrix; its number of rows is not checked if {@code rows} is -1. */
    static void expectMatrix(Layer layer, Tensor tensor, long rows, long columns) {
        long[] shape = tensor.shape();
        boolean fits = shape.length == 2 && shape[0] > 0 && (rows < 0 || shape[0] == rows) && shape[1] == columns;
        if (!fits) {
            String expected = "[" + (rows < 0 ? "inputs" : rows) + ", " + columns + "]";
            throw layer.malformed(
                    "must have " + tensor.name() + " of shape " + expected + ", but it has " + tensor.shapeText());
        }
    }

    static void expectVector(Layer layer, Tensor tensor, long size) {
        if (!tensor.hasShape(size)) {
            throw layer.malformed("must have " + tensor.name() + " of shape " + Tensor.text(size) + ", but it has "
                    + tensor.shapeText());
        }
    }
}
