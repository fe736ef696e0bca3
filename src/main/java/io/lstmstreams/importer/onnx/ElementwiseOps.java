package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Affine;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.LayerNorm;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates Add, Sub, Mul, Div and the like on constants and on computed values. */
final class ElementwiseOps {
    private final Expressions expressions;
    private final VectorAlgebra algebra;
    private final ConstantFolding folding;
    private final WhereOp choices;
    private final SymbolOps symbols;

    ElementwiseOps(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.algebra = new VectorAlgebra(expressions, budget);
        this.folding = new ConstantFolding(budget);
        this.choices = new WhereOp(expressions, budget);
        this.symbols = new SymbolOps(expressions);
    }

    Map<String, Operation> operations() {
        return Map.ofEntries(
                Map.entry("Add", this::binary),
                Map.entry("Sub", this::binary),
                Map.entry("Mul", this::binary),
                Map.entry("Div", this::binary),
                Map.entry("Pow", this::binary),
                Map.entry("Max", call -> folded(call, "Max")),
                Map.entry("Min", call -> folded(call, "Min")),
                Map.entry("Equal", this::binary),
                Map.entry("Less", this::binary),
                Map.entry("LessOrEqual", this::binary),
                Map.entry("Greater", this::binary),
                Map.entry("GreaterOrEqual", this::binary),
                Map.entry("Abs", this::unary),
                Map.entry("Sum", call -> folded(call, "Add")),
                Map.entry("Neg", this::unary),
                Map.entry("Sqrt", this::unary),
                Map.entry("Reciprocal", this::unary),
                Map.entry("Where", choices::where),
                Map.entry("Range", folding::range));
    }

    private List<Value> binary(Call call) {
        return List.of(binary(call, call.op(), call.required(0), aligned(call)));
    }

    /** Returns the second operand; before opset 7, an attribute states at which dimension it begins. */
    private static Value aligned(Call call) {
        Value second = call.required(1);
        if (call.opset() >= 7 || call.integer("broadcast", 0) == 0 || !call.has("axis")) {
            return second;
        }
        int rank = ShapeOps.rank(call.required(0));
        int missing = rank - call.axis(call.integer("axis", 0), rank) - ShapeOps.rank(second);
        return missing > 0 ? ShapeOps.withTrailing(second, missing) : second;
    }

    private List<Value> folded(Call call, String op) {
        Value result = call.required(0);
        for (int i = 1; i < call.inputs().size(); i++) {
            result = binary(call, op, result, call.required(i));
        }
        return List.of(result);
    }

    private Value binary(Call call, String op, Value a, Value b) {
        if (a instanceof Signal left && b instanceof Signal right) {
            return signals(call, op, left, right);
        }
        Constant constantA = ConstantFolding.constant(a);
        Constant constantB = ConstantFolding.constant(b);
        if (op.equals("Equal")) {
            Signal signal = a instanceof Signal left ? left : b instanceof Signal right ? right : null;
            Constant constant = a instanceof Signal ? constantB : constantA;
            if (signal != null && constant != null) {
                return symbols.equalTo(call, signal, constant);
            }
        }
        if (op.equals("Less") && a instanceof Signal index && !index.type().isFloating() && isZero(constantB)) {
            return new Value.BelowZero(index.expr());
        }
        if (a instanceof Signal signal && constantB != null) {
            return mixed(call, op, signal, constantB, false);
        }
        if (b instanceof Signal signal && constantA != null) {
            return mixed(call, op, signal, constantA, true);
        }
        if (constantA == null || constantB == null) {
            throw call.unsupported("constants of open size are not supported");
        }
        return folding.folded(call, op, constantA, constantB);
    }

    /** Evaluates an operation on a computed value and a constant, which is one number or a vector of features. */
    private Value mixed(Call call, String op, Signal signal, Constant constant, boolean constantFirst) {
        if (!signal.type().isFloating() && constant.type() == signal.type()) {
            return new Value.UnsupportedResult(call.nodeText() + ", which computes with integers");
        }
        boolean isBound = constant.isFloating() && constant.view().count() == 1;
        if (op.startsWith("Greater") && !constantFirst && isBound) {
            return new Value.Above(signal.expr(), constant.floats()[0]);
        }
        if (op.equals("Pow") && !constantFirst) {
            return signal.with(power(call, signal.expr(), constant));
        }
        if (!constant.isFloating() || constant.type() != signal.type()) {
            throw call.malformed(
                    "must have operands of the same type, but has " + signal.type() + " and " + constant.type());
        }
        Weights weights = Broadcasting.weights(call, signal, constant);
        Signal shaped = signal;
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        while (axes.size() < constant.view().rank()) {
            axes.add(0, List.of());
        }
        shaped = shaped.withAxes(axes);
        Expression x = signal.expr();
        Weights zero = Weights.filled(1, 0);
        Expression result = switch (op) {
            case "Add" -> plus(x, weights);
            case "Sub" ->
                constantFirst
                        ? plus(expressions.affine(x, Weights.filled(1, -1), zero), weights)
                        : plus(x, weights.times(Weights.filled(1, -1)));
            case "Mul" -> times(x, weights);
            case "Div" -> {
                if (constantFirst) {
                    throw call.unsupported("a division by a computed value is not supported");
                }
                yield expressions.affine(x, inverse(weights), zero);
            }
            case "Max" -> bounded(signal, weights, false);
            case "Min" -> bounded(signal, weights, true);
            default -> throw call.unsupported("a computed value as input is not supported");
        };
        return shaped.with(result);
    }

    /** Returns a power with a small positive integer as exponent. */
    private Expression power(Call call, Expression x, Constant exponent) {
        boolean isSingle = exponent.view().count() == 1;
        double value = !isSingle
                ? 0
                : exponent.isFloating()
                        ? exponent.floats()[0]
                        : exponent.numbers()[0].isConstant() ? exponent.numbers()[0].offset() : 0;
        if (value < 1 || value > 4 || value != Math.rint(value)) {
            throw call.unsupported("an exponent other than 1, 2, 3 or 4 is not supported");
        }
        Expression result = x;
        for (int i = 1; i < value; i++) {
            result = expressions.multiply(result, x);
        }
        return result;
    }

    /** Returns min(x, bound) = bound - relu(bound - x), or max(x, bound) = bound + relu(x - bound). */
    private Expression bounded(Signal signal, Weights bound, boolean above) {
        Weights sign = Weights.filled(1, above ? -1 : 1);
        Weights away = bound.times(Weights.filled(1, above ? 1 : -1));
        Expression distance =
                expressions.activation(expressions.affine(signal.expr(), sign, away), Activation.of("relu"));
        return expressions.affine(distance, sign, bound);
    }

    private static boolean isZero(@Nullable Constant constant) {
        return constant != null
                && !constant.isFloating()
                && constant.view().count() == 1
                && constant.numbers()[0].is(0);
    }

    private Expression plus(Expression x, Weights shift) {
        long units = x.units();
        return shift.rows() == 1 && units != 1 && units < 0
                ? expressions.affine(x, Weights.filled(1, 1), shift)
                : expressions.add(x, expressions.constant(shift.stretched((int) Math.max(units, shift.rows()))));
    }

    private Expression times(Expression x, Weights scale) {
        return scale.isZero() && x.units() > 0
                ? expressions.zeros(x.units())
                : expressions.affine(x, scale, Weights.filled(1, 0));
    }

    private static Weights inverse(Weights weights) {
        float[] values = weights.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 / values[i];
        }
        return Weights.vector(weights.name(), values);
    }

    private Value signals(Call call, String op, Signal a, Signal b) {
        if (!a.type().isFloating() && a.type() == b.type()) {
            return new Value.UnsupportedResult(call.nodeText() + ", which computes with integers");
        }
        if (a.type() != b.type()) {
            throw call.malformed("must have operands of the same type, but has " + a.type() + " and " + b.type());
        }
        if (op.equals("Div") && b.expr().is(Kind.ROOT)) {
            return a.with(normalised(call, a.expr(), b.expr()));
        }
        if (op.equals("Div") && algebra.isOnePlusAbs(b.expr(), a.expr())) {
            return a.with(expressions.activation(a.expr(), Activation.of("softsign")));
        }
        Expression softmax = op.equals("Div") ? algebra.softmax(a.expr(), b.expr()) : null;
        if (softmax != null) {
            return a.with(softmax);
        }
        boolean isCentred = op.equals("Sub")
                && (b.expr().is(Kind.MEAN) || b.expr().is(Kind.MAX))
                && b.expr().below() == a.expr();
        if (isCentred) {
            return a.bound().with(expressions.subtract(a.expr(), b.expr()));
        }
        Broadcasting.bindLike(a, b);
        Broadcasting.bindLike(b, a);
        boolean sameInput = a.isOpen()
                && b.isOpen()
                && a.expr().input() != null
                && a.expr().input() == b.expr().input()
                && a.axes().equals(b.axes());
        if (a.expr().units() < 0 && b.expr().units() < 0 && !sameInput) {
            throw call.unsupported(
                    "combines two inputs of the model before anything tells which dimension is" + " the features'");
        }
        long units = Math.max(a.expr().units(), b.expr().units());
        Expression left = wide(call, a.expr(), units);
        Expression right = wide(call, b.expr(), units);
        Expression result = switch (op) {
            case "Add" -> expressions.add(left, right);
            case "Sub" -> expressions.subtract(left, right);
            case "Mul" -> expressions.multiply(left, right);
            default -> throw call.unsupported("two computed values as inputs are not supported");
        };
        boolean leftIsWide = a.expr().units() == units;
        return Broadcasting.withFeature(result, Broadcasting.unified(call, a, b), leftIsWide ? a : b);
    }

    /** Repeats a single number to the length of the other operand. */
    private Expression wide(Call call, Expression vector, long units) {
        if (vector.units() == units) {
            return vector;
        }
        if (vector.units() != 1) {
            throw call.unsupported("operands of " + vector.units() + " and " + units + " features are not supported");
        }
        return algebra.repeated(vector, (int) units);
    }

    /** Matches a layer normalisation that is written out: (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon). */
    private Expression normalised(Call call, Expression centred, Expression root) {
        Expression variance = root.below();
        float epsilon = 0;
        if (variance.is(Kind.AFFINE) && variance.data(Affine.class).scale().common() == 1) {
            epsilon = variance.data(Affine.class).shift().common();
            variance = variance.below();
        }
        List<Expression> terms = centred.is(Kind.ADD) ? centred.of() : List.of();
        for (Expression term : terms) {
            Expression mean = term.is(Kind.AFFINE) ? term.below() : term;
            boolean fits = mean.is(Kind.MEAN)
                    && expressions.subtract(mean.below(), mean) == centred
                    && variance.is(Kind.MEAN)
                    && variance.below() == expressions.multiply(centred, centred);
            if (fits) {
                Expression x = mean.below();
                return expressions.make(Kind.LAYER_NORM, List.of(x), new LayerNorm(null, null, epsilon), x.units());
            }
        }
        throw call.unsupported("a division by a root is supported only in a layer normalisation");
    }

    private List<Value> unary(Call call) {
        Value value = call.required(0);
        if (value instanceof Signal signal) {
            Weights zero = Weights.filled(1, 0);
            return List.of(
                    switch (call.op()) {
                        case "Neg" -> signal.with(expressions.affine(signal.expr(), Weights.filled(1, -1), zero));
                        case "Sqrt" ->
                            signal.with(expressions.make(
                                    Kind.ROOT,
                                    List.of(signal.expr()),
                                    signal.expr().units()));
                        case "Abs" -> signal.with(expressions.activation(signal.expr(), Activation.ABS));
                        default -> throw call.unsupported("a computed value as input is not supported");
                    });
        }
        return List.of(folding.unary(call, value));
    }
}
