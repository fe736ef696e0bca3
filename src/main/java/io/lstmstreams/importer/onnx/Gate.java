package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expr.Dense;
import io.lstmstreams.importer.onnx.Expr.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A gate of a written-out cell: a sum of products with weights, and perhaps a constant.
 *
 * @param products the weights and bias of each input vector
 * @param constant the constant term, or null
 */
record Gate(Map<Expr, Dense> products, Weights constant) {

    /** Returns the gate of a sum, or null if the sum has other terms. */
    static Gate of(Expr sum) {
        Map<Expr, Dense> products = new LinkedHashMap<>();
        Weights constant = null;
        for (Expr term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            if (term.is(Kind.CONSTANT)) {
                constant = term.data(Weights.class);
            } else if (term.is(Kind.AFFINE) && isShift(term)) {
                Gate inner = of(term.below());
                if (inner == null || inner.constant != null || sum.is(Kind.ADD)) {
                    return null;
                }
                Weights shift = term.data(Expr.Affine.class).shift();
                return new Gate(inner.products, shift.stretched((int) term.units()));
            } else if (!term.is(Kind.DENSE) || !put(products, term)) {
                return null;
            }
        }
        return new Gate(products, constant);
    }

    private static boolean isShift(Expr affine) {
        return affine.data(Expr.Affine.class).scale().common() == 1;
    }

    /** Adds a product; a product with a concatenation is added as one product with each of its parts. */
    private static boolean put(Map<Expr, Dense> products, Expr term) {
        Dense dense = term.data(Dense.class);
        if (!term.below().is(Kind.CONCAT)) {
            return products.put(term.below(), dense) == null;
        }
        int at = 0;
        boolean fits = true;
        for (Expr part : term.below().of()) {
            int units = (int) part.units();
            Weights columns = dense.weight().columns(at, units);
            fits &= products.put(part, new Dense(columns, at == 0 ? dense.bias() : null)) == null;
            at += units;
        }
        return fits;
    }

    int units() {
        return products.values().iterator().next().weight().rows();
    }

    /** Returns whether the gate reads exactly these two vectors, and the second with a square matrix. */
    boolean reads(Expr x, Expr h) {
        return products.size() == 2
                && products.containsKey(x)
                && products.containsKey(h)
                && products.get(h).weight().columns() == units();
    }
}
