package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Affine;
import io.lstmstreams.importer.onnx.Expression.Dense;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.LayerNorm;
import io.lstmstreams.importer.onnx.Expression.Place;
import io.lstmstreams.importer.onnx.Expression.Range;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Creates expressions, each only once, in a normal form: constants are folded, sums are flat, a bias is part of its
 * product, slices and places are applied to the innermost operands. The steps of an unrolled loop can therefore be
 * compared by identity.
 */
final class Expressions {
    private static final int MAX_DEPTH = 2000; // of recursion over expressions, here and in other classes
    private static final int MAX_COUNT = 500_000;
    private static final int MAX_PARTS = 64;
    private static final Object NO_DATA = "none";

    private final String file;
    private final Budget budget;
    private final Map<Key, Expression> known = new HashMap<>();
    private final Map<PlaceKey, Expression> places = new HashMap<>();
    private final Map<RowsKey, Weights> parts = new HashMap<>();
    private String where;

    Expressions(String file, Budget budget) {
        this.file = file;
        this.budget = budget;
        this.where = file;
    }

    /** The identity of an expression; for sums and products the order of the operands is normalised. */
    private record Key(Kind kind, List<Integer> of, Object data) {}

    private record PlaceKey(Expression of, Axis axis, long index) {}

    private record RowsKey(Weights of, int offset, int length) {}

    /** Sets the node of the following expressions, for errors. */
    void at(String node) {
        where = node;
    }

    /** Returns an expression whose operation has no parameters. */
    Expression make(Kind kind, List<Expression> of, long units) {
        return make(kind, of, NO_DATA, units);
    }

    Expression make(Kind kind, List<Expression> of, Object data, long units) {
        boolean ordered = kind != Kind.ADD && kind != Kind.MULTIPLY;
        List<Integer> ids = of.stream().map(Expression::id).toList();
        Key key = new Key(kind, ordered ? ids : ids.stream().sorted().toList(), data);
        Expression expr = known.get(key);
        if (expr == null) {
            expr = new Expression(kind, known.size(), List.copyOf(of), data, units, where);
            boolean wide = of.size() > MAX_PARTS && kind != Kind.STACK;
            if (expr.depth() > MAX_DEPTH || known.size() > MAX_COUNT || wide) {
                throw new Unsupported(
                        file,
                        "its graph must have at most " + MAX_COUNT + " vectors, " + MAX_DEPTH + " levels and "
                                + MAX_PARTS + " operands of a node, but exceeds a limit at " + where);
            }
            known.put(key, expr);
        }
        return expr;
    }

    Expression input(GraphInput input) {
        return make(Kind.INPUT, List.of(), input, -1);
    }

    Expression constant(Weights values) {
        return make(Kind.CONSTANT, List.of(), values, values.rows());
    }

    Expression zeros(long units) {
        return constant(Weights.filled((int) units, 0));
    }

    static boolean isZero(Expression expr) {
        return expr.is(Kind.CONSTANT) && expr.data(Weights.class).isZero();
    }

    Expression dense(Expression x, Weights weight, @Nullable Weights bias) {
        if (isZero(x)) {
            return bias == null ? zeros(weight.rows()) : constant(bias);
        }
        return make(Kind.DENSE, List.of(x), new Dense(weight, bias), weight.rows());
    }

    Expression activation(Expression x, Activation activation) {
        if (activation.equals(Activation.LINEAR)) {
            return x;
        }
        if (isZero(x)
                && (activation.equals(Activation.TANH) || activation.name().equals("relu"))) {
            return x;
        }
        return make(Kind.ACTIVATION, List.of(x), activation, x.units());
    }

    Expression add(Expression a, Expression b) {
        if (isZero(a)) {
            return b;
        }
        if (isZero(b)) {
            return a;
        }
        List<Expression> terms = new ArrayList<>();
        Weights constant = null;
        for (Expression part : List.of(a, b)) {
            for (Expression term : part.is(Kind.ADD) ? part.of() : List.of(part)) {
                if (term.is(Kind.CONSTANT)) {
                    Weights value = term.data(Weights.class);
                    constant = constant == null ? value : constant.plus(value);
                } else {
                    terms.add(term);
                }
            }
        }
        return sum(terms, constant);
    }

    /** Returns the sum of one or more vectors. */
    Expression sum(List<Expression> parts) {
        return parts.stream().reduce(this::add).orElseThrow();
    }

    private Expression sum(List<Expression> terms, @Nullable Weights constant) {
        if (constant != null && terms.isEmpty()) {
            return constant(constant);
        }
        if (constant != null && !constant.isZero()) {
            withConstant(terms, constant);
        }
        return terms.size() == 1
                ? terms.get(0)
                : make(Kind.ADD, terms, terms.get(0).units());
    }

    /** Adds a constant: as the bias of a product that has none, or as another term. */
    private void withConstant(List<Expression> terms, Weights constant) {
        for (int i = 0; i < terms.size(); i++) {
            Expression term = terms.get(i);
            if (term.is(Kind.DENSE) && term.data(Dense.class).bias() == null) {
                Weights bias =
                        constant.stretched(term.data(Dense.class).weight().rows());
                terms.set(i, dense(term.below(), term.data(Dense.class).weight(), bias));
                return;
            }
        }
        if (terms.size() == 1 && !terms.get(0).is(Kind.DENSE)) {
            terms.set(0, affine(terms.get(0), Weights.filled(1, 1), constant));
        } else {
            terms.add(constant(constant.stretched((int) terms.get(0).units())));
        }
    }

    Expression multiply(Expression a, Expression b) {
        if (isZero(a) || isZero(b)) {
            return isZero(a) ? a : b;
        }
        if (a.is(Kind.CONSTANT)) {
            return affine(b, a.data(Weights.class), Weights.filled(1, 0));
        }
        if (b.is(Kind.CONSTANT)) {
            return affine(a, b.data(Weights.class), Weights.filled(1, 0));
        }
        if (isSigmoidOf(a, b) || isSigmoidOf(b, a)) {
            return activation(isSigmoidOf(a, b) ? b : a, Activation.of("silu"));
        }
        Expression gelu = a.is(Kind.AFFINE) ? gelu(b, a) : b.is(Kind.AFFINE) ? gelu(a, b) : null;
        return gelu != null ? gelu : make(Kind.MULTIPLY, List.of(a, b), a.units());
    }

    /** Returns 2 s * gelu(x) for x * (s + s * erf(x / sqrt(2))), or null for another product. */
    private @Nullable Expression gelu(Expression x, Expression factor) {
        Affine outer = factor.data(Affine.class);
        Expression erf = factor.below();
        float scale = outer.scale().common();
        boolean isErf = erf.is(Kind.ACTIVATION)
                && erf.data().equals(Activation.ERF)
                && scale == outer.shift().common();
        Expression inner = isErf ? erf.below() : null;
        if (inner == null || !inner.is(Kind.AFFINE) || inner.below() != x) {
            return null;
        }
        Affine scaling = inner.data(Affine.class);
        boolean byRootOfTwo =
                scaling.shift().isZero() && Math.abs(scaling.scale().common() - Math.sqrt(0.5)) < 1e-6;
        return byRootOfTwo
                ? affine(activation(x, Activation.of("gelu")), Weights.filled(1, 2 * scale), Weights.filled(1, 0))
                : null;
    }

    private static boolean isSigmoidOf(Expression a, Expression b) {
        return a.is(Kind.ACTIVATION) && a.data().equals(Activation.SIGMOID) && a.below() == b;
    }

    Expression subtract(Expression a, Expression b) {
        return add(a, affine(b, Weights.filled(1, -1), Weights.filled(1, 0)));
    }

    /** Returns scale * x + shift; scale and shift are vectors, or single numbers for all elements. */
    Expression affine(Expression x, Weights scaleOrOne, Weights shiftOrOne) {
        Weights scale = scaleOrOne.shortened();
        Weights shift = shiftOrOne.shortened();
        if (x.is(Kind.CONSTANT)) {
            return constant(x.data(Weights.class).times(scale).plus(shift).stretched((int) x.units()));
        }
        if (x.is(Kind.AFFINE)) {
            Affine inner = x.data(Affine.class);
            return affine(
                    x.below(),
                    inner.scale().times(scale),
                    inner.shift().times(scale).plus(shift));
        }
        if (scale.common() == 1 && shift.isZero()) {
            return x;
        }
        if (x.is(Kind.LAYER_NORM) && x.units() > 1) {
            LayerNorm norm = x.data(LayerNorm.class);
            int units = (int) x.units();
            Weights weight = norm.weight() == null ? scale : norm.weight().times(scale);
            Weights bias =
                    norm.bias() == null ? shift : norm.bias().times(scale).plus(shift);
            LayerNorm scaled = new LayerNorm(weight.stretched(units), bias.stretched(units), norm.epsilon());
            return make(Kind.LAYER_NORM, x.of(), scaled, units);
        }
        return make(Kind.AFFINE, List.of(x), new Affine(scale, shift), x.units());
    }

    /** Returns several vectors along a new axis. */
    Expression stack(List<Expression> parts, Axis axis) {
        return make(Kind.STACK, parts, axis, parts.get(0).units());
    }

    Expression concat(List<Expression> parts) {
        List<Expression> flat = new ArrayList<>();
        long units = 0;
        for (Expression part : parts) {
            flat.addAll(part.is(Kind.CONCAT) ? part.of() : List.of(part));
            units = units < 0 || part.units() < 0 ? -1 : units + part.units();
        }
        return flat.size() == 1 ? flat.get(0) : make(Kind.CONCAT, flat, units);
    }

    Expression slice(Expression x, int offset, int length) {
        if (offset == 0 && length == x.units()) {
            return x;
        }
        if (!slicesWithin(x, 0)) {
            return make(Kind.SLICE, List.of(x), new Range(offset, length), length);
        }
        return switch (x.kind()) {
            case CONSTANT -> constant(x.data(Weights.class).rows(offset, length));
            case DENSE -> {
                Dense dense = x.data(Dense.class);
                Weights bias = dense.bias() == null ? null : rows(dense.bias(), offset, length);
                yield dense(x.below(), rows(dense.weight(), offset, length), bias);
            }
            case ADD ->
                sum(x.of().stream().map(term -> slice(term, offset, length)).toList());
            case MULTIPLY -> multiply(slice(x.of().get(0), offset, length), slice(x.of().get(1), offset, length));
            case SLICE -> slice(x.below(), x.data(Range.class).offset() + offset, length);
            case CONCAT -> sliceOfConcat(x, offset, length);
            case ACTIVATION -> activation(slice(x.below(), offset, length), x.data(Activation.class));
            default -> make(Kind.SLICE, List.of(x), new Range(offset, length), length);
        };
    }

    /**
     * Returns whether a slice of a vector can be computed from slices of weights, as for gates with a common product.
     */
    private static boolean slicesWithin(Expression x, int depth) {
        return switch (x.kind()) {
            case CONSTANT, DENSE -> true;
            case SLICE, CONCAT -> depth == 0;
            case ADD, MULTIPLY -> depth < 4 && x.of().stream().allMatch(part -> slicesWithin(part, depth + 1));
            case ACTIVATION ->
                x.data(Activation.class).isElementwise() && depth < 4 && slicesWithin(x.below(), depth + 1);
            default -> false;
        };
    }

    /** Returns rows of weights; all steps share the copy. */
    private Weights rows(Weights weights, int offset, int length) {
        return parts.computeIfAbsent(new RowsKey(weights, offset, length), key -> {
            budget.take((long) length * Math.max(1, weights.columns()));
            return weights.rows(offset, length);
        });
    }

    private Expression sliceOfConcat(Expression x, int offset, int length) {
        int at = 0;
        for (Expression part : x.of()) {
            if (part.units() < 0) {
                break;
            }
            if (offset >= at && offset + length <= at + part.units()) {
                return slice(part, offset - at, length);
            }
            at += (int) part.units();
        }
        return make(Kind.SLICE, List.of(x), new Range(offset, length), length);
    }

    /** Returns a vector at one place of an axis. */
    Expression at(Expression x, Axis axis, long index) {
        PlaceKey key = new PlaceKey(x, axis, index);
        Expression result = places.get(key);
        if (result == null) {
            result = innermost(x, axis, index);
            places.put(key, result);
        }
        return result;
    }

    private Expression innermost(Expression x, Axis axis, long index) {
        return switch (x.kind()) {
            case CONSTANT -> x;
            case STACK -> {
                int count = x.of().size();
                yield x.data() == axis && index < count
                        ? x.of().get((int) (index < 0 ? count - 1 : index))
                        : make(Kind.AT, List.of(x), new Place(axis, index), x.units());
            }
            case INPUT, CELL, CELL_STATE, AT ->
                make(Kind.AT, List.of(x), new Place(axis, index), x.is(Kind.INPUT) ? -1 : x.units());
            default -> {
                List<Expression> parts = new ArrayList<>();
                for (Expression part : x.of()) {
                    parts.add(at(part, axis, index));
                }
                yield rebuilt(x, parts);
            }
        };
    }

    /** Returns an expression with other operands, in normal form. */
    Expression rebuilt(Expression x, List<Expression> parts) {
        if (parts.equals(x.of())) {
            return x;
        }
        return switch (x.kind()) {
            case DENSE ->
                dense(
                        parts.get(0),
                        x.data(Dense.class).weight(),
                        x.data(Dense.class).bias());
            case ACTIVATION -> activation(parts.get(0), x.data(Activation.class));
            case ADD -> sum(parts);
            case MULTIPLY -> multiply(parts.get(0), parts.get(1));
            case CONCAT -> concat(parts);
            case SLICE ->
                slice(
                        parts.get(0),
                        x.data(Range.class).offset(),
                        x.data(Range.class).length());
            case AFFINE ->
                affine(
                        parts.get(0),
                        x.data(Affine.class).scale(),
                        x.data(Affine.class).shift());
            case AT ->
                at(parts.get(0), x.data(Place.class).axis(), x.data(Place.class).index());
            default -> make(x.kind(), parts, x.data(), x.units());
        };
    }
}
