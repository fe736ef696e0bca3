package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Affine;
import io.lstmstreams.importer.onnx.Expression.Dense;
import io.lstmstreams.importer.onnx.Expression.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A gate of a written-out cell: a function of a sum of products with weights, elementwise products with peephole
 * weights, and perhaps a constant.
 *
 * @param activation the function
 * @param products the weights and bias of each input vector
 * @param peepholes the weights of vectors that are multiplied element by element
 * @param constant the constant term, if there is one
 */
record Gate(
        Activation activation,
        Map<Expression, Dense> products,
        Map<Expression, Weights> peepholes,
        @Nullable Weights constant) {

    /** Returns whether a vector is a function of each element of a sum. */
    static boolean isFunction(Expression expr) {
        return expr.is(Kind.ACTIVATION)
                && expr.data(Activation.class).isElementwise()
                && expr.data(Activation.class).isKnown();
    }

    /** Returns whether a vector is a gate, or 1 minus a gate whose function is symmetric. */
    static boolean isGate(Expression expr) {
        return isFunction(expr) || isRest(expr);
    }

    /** Returns whether a vector is 1 - f(sum) = f(-sum). */
    private static boolean isRest(Expression expr) {
        return expr.is(Kind.AFFINE)
                && expr.data(Affine.class).scale().common() == -1
                && expr.data(Affine.class).shift().common() == 1
                && isFunction(expr.below())
                && expr.below().data(Activation.class).isSymmetricGate();
    }

    /** Returns the function of a gate. */
    static Activation function(Expression gate) {
        return (isRest(gate) ? gate.below() : gate).data(Activation.class);
    }

    /** Returns a gate, or null if its sum has other terms. */
    static @Nullable Gate of(Expression expr) {
        Gate gate = ofSum((isRest(expr) ? expr.below() : expr).below(), function(expr));
        return gate != null && isRest(expr) ? gate.negated() : gate;
    }

    /** Returns the gate of a sum, or null if the sum has other terms. */
    static @Nullable Gate ofSum(Expression sum, Activation activation) {
        Map<Expression, Dense> products = new LinkedHashMap<>();
        Map<Expression, Weights> peepholes = new LinkedHashMap<>();
        List<Weights> constants = new ArrayList<>();
        for (Expression term : sum.is(Kind.ADD) ? sum.of() : List.of(sum)) {
            if (!put(term, products, peepholes, constants)) {
                return null;
            }
        }
        return new Gate(
                activation,
                products,
                peepholes,
                constants.stream().reduce(Weights::plus).orElse(null));
    }

    private static boolean put(
            Expression term,
            Map<Expression, Dense> products,
            Map<Expression, Weights> peepholes,
            List<Weights> constants) {
        if (term.is(Kind.CONSTANT)) {
            return constants.add(term.data(Weights.class));
        }
        if (term.is(Kind.DENSE)) {
            return put(products, term);
        }
        if (!term.is(Kind.AFFINE) || term.units() < 0) {
            return term.units() > 0 && peepholes.put(term, Weights.filled((int) term.units(), 1)) == null;
        }
        Affine affine = term.data(Affine.class);
        int units = (int) term.units();
        if (!affine.shift().isZero()) {
            constants.add(affine.shift().stretched(units));
        }
        if (affine.scale().common() == 1 && !term.below().is(Kind.AFFINE)) {
            boolean fits = true;
            for (Expression part : term.below().is(Kind.ADD) ? term.below().of() : List.of(term.below())) {
                fits &= put(part, products, peepholes, constants);
            }
            return fits;
        }
        return peepholes.put(term.below(), affine.scale().stretched(units)) == null;
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

    private Gate negated() {
        Map<Expression, Dense> opposite = new LinkedHashMap<>();
        products.forEach((source, dense) -> opposite.put(
                source,
                new Dense(
                        dense.weight().negated(),
                        dense.bias() == null ? null : dense.bias().negated())));
        Map<Expression, Weights> negatedPeepholes = new LinkedHashMap<>();
        peepholes.forEach((source, weights) -> negatedPeepholes.put(source, weights.negated()));
        return new Gate(activation, opposite, negatedPeepholes, constant == null ? null : constant.negated());
    }

    /** Returns this gate with one more product. */
    Gate plus(Expression source, Dense dense) {
        Map<Expression, Dense> more = new LinkedHashMap<>(products);
        more.put(source, dense);
        return new Gate(activation, more, peepholes, constant);
    }

    /** Returns the weights and bias of an input vector that the gate reads. */
    Dense product(Expression source) {
        return Objects.requireNonNull(products.get(source));
    }

    int units() {
        return products.values().iterator().next().weight().rows();
    }

    /** Returns whether the gate reads a state of some length, and no other vector than the state and some inputs. */
    boolean reads(List<Expression> inputs, Expression state, int length) {
        Dense ofState = products.get(state);
        return ofState != null
                && ofState.weight().columns() == length
                && products.keySet().stream().allMatch(source -> source == state || inputs.contains(source));
    }

    /** Returns whether no vector is multiplied element by element except one that may be. */
    boolean hasNoPeepholesBut(Set<Expression> allowed) {
        return allowed.containsAll(peepholes.keySet());
    }
}
