package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Dense;
import io.lstmstreams.importer.onnx.Expression.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gate of a written-out cell: a sum of products with weights, and perhaps a constant.
 *
 * @param products the weights and bias of each input vector
 * @param constant the constant term, if there is one
 */
record Gate(Map<Expression, Dense> products, @Nullable Weights constant) {

    /** Returns the gate of a sum, or null if the sum has other terms. */
    static @Nullable Gate of(Expression sum) {
        Map<Expression, Dense> products = new LinkedHashMap<>();
        Weights constant = null;
        for (Expression term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            if (term.is(Kind.CONSTANT)) {
                constant = term.data(Weights.class);
            } else if (term.is(Kind.AFFINE) && isShift(term)) {
                Gate inner = of(term.below());
                if (inner == null || inner.constant != null || sum.is(Kind.ADD)) {
                    return null;
                }
                Weights shift = term.data(Expression.Affine.class).shift();
                return new Gate(inner.products, shift.stretched((int) term.units()));
            } else if (!term.is(Kind.DENSE) || !put(products, term)) {
                return null;
            }
        }
        return new Gate(products, constant);
    }

    private static boolean isShift(Expression affine) {
        return affine.data(Expression.Affine.class).scale().common() == 1;
    }

    /** Adds a product; a product with a concatenation is added as one product with each of its parts. */
    private static boolean put(Map<Expression, Dense> products, Expression term) {
        Dense dense = term.data(Dense.class);
        if (!term.below().is(Kind.CONCAT)) {
            return products.put(term.below(), dense) == null;
        }
        int at = 0;
        boolean fits = true;
        for (Expression part : term.below().of()) {
            int units = (int) part.units();
            Weights columns = dense.weight().columns(at, units);
            fits &= products.put(part, new Dense(columns, at == 0 ? dense.bias() : null)) == null;
            at += units;
        }
        return fits;
    }

    /** Returns the weights and bias of an input vector that the gate reads. */
    Dense product(Expression source) {
        return Optional.ofNullable(products.get(source)).orElseThrow();
    }

    int units() {
        return products.values().iterator().next().weight().rows();
    }

    /** Returns whether the gate reads exactly these two vectors, and the second with a square matrix. */
    boolean reads(Expression x, Expression h) {
        return products.size() == 2
                && products.containsKey(x)
                && products.containsKey(h)
                && product(h).weight().columns() == units();
    }
}
