package io.lstmstreams.importer.keras;

import io.lstmstreams.modelfile.tensor.Tensor;

/** Compares arrays with what a layer's options say about them. */
final class Shapes {
    private Shapes() {}

    /** A matrix; its number of rows is not looked at if it is -1. */
    static void expectMatrix(Layer layer, Tensor tensor, long rows, long columns) {
        long[] shape = tensor.shape();
        boolean fits = shape.length == 2 && shape[0] > 0 && (rows < 0 || shape[0] == rows) && shape[1] == columns;
        if (!fits) {
            String expected = "[" + (rows < 0 ? "inputs" : rows) + ", " + columns + "]";
            throw layer.malformed(
                    "has " + tensor.name() + " of shape " + tensor.shapeText() + ", expected " + expected);
        }
    }

    static void expectVector(Layer layer, Tensor tensor, long size) {
        if (!tensor.hasShape(size)) {
            throw layer.malformed(
                    "has " + tensor.name() + " of shape " + tensor.shapeText() + ", expected " + Tensor.text(size));
        }
    }
}
