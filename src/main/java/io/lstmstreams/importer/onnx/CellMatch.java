package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * One step of a recurrent cell that is written out in a graph.
 *
 * @param spec the layer
 * @param weights its parameters in our names and orders
 * @param x what it reads
 * @param h its output before the step
 * @param c its other state before the step, or null
 * @param newC its other state after the step, or null
 */
record CellMatch(ObjectNode spec, Map<String, Weights> weights, Expr x, Expr h, Expr c, Expr newC) {

    boolean isSameLayer(CellMatch other) {
        return spec.equals(other.spec) && weights.equals(other.weights);
    }
}
