package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of a recurrent cell that is written out in a graph.
 *
 * @param spec the layer's spec
 * @param weights the parameters with our names and orders
 * @param x the input
 * @param h the output before the step
 * @param c the cell state before the step; only of an LSTM
 * @param newC the cell state after the step; only of an LSTM
 */
record CellMatch(
        ObjectNode spec,
        Map<String, Weights> weights,
        Expression x,
        Expression h,
        @Nullable Expression c,
        @Nullable Expression newC) {

    boolean isSameLayer(CellMatch other) {
        return spec.equals(other.spec) && weights.equals(other.weights);
    }
}
