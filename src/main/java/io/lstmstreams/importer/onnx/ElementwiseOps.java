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
    private final ConstantFolding folding;
    private final WhereOp choices;
    private final SymbolOps symbols;

    ElementwiseOps(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.folding = new ConstantFolding(budget);
        this.choices = new WhereOp(budget);
        this.symbols = new SymbolOps(expressions);
    }

    Map<String, Operation> operations() {
        return Map.ofEntries(
                Map.entry("Add", this::binary),
                Map.entry("Sub", this::binary),
                Map.entry("Mul", this::binary),
                Map.entry("Div", this::binary),
                Map.entry("Pow", this::binary),
                Map.entry("Equal", this::binary),
                Map.entry("Less", this::binary),
                Map.entry("LessOrEqual", this::binary),
                Map.entry("Greater", this::binary),
                Map.entry("GreaterOrEqual", this::binary),
                Map.entry("Abs", this::unary),
                Map.entry("Sum", this::sum),
                Map.entry("Neg", this::unary),
                Map.entry("Sqrt", this::unary),
                Map.entry("Reciprocal", this::unary),
                Map.entry("Where", choices::where),
                Map.entry("ReduceMean", this::reduceMean),
                Map.entry("Range", folding::range));
    }

    private List<Value> binary(Call call) {
        return List.of(binary(call, call.op(), call.required(0), call.required(1)));
    }

    private List<Value> sum(Call call) {
        Value result = call.required(0);
        for (int i = 1; i < call.inputs().size(); i++) {
            result = binary(call, "Add", result, call.required(i));
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
        if (!signal.type().isFloating() && constant.type() == signal.type() && op.equals("Add")) {
            return new Value.UnsupportedResult("a sum with an index");
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
                    throw call.unsupported("a division of a constant by a computed value is not supported");
                }
                yield expressions.affine(x, inverse(weights), zero);
            }
            case "Pow" -> {
                if (constantFirst || weights.rows() != 1 || weights.values()[0] != 2) {
                    throw call.unsupported("an exponent other than 2 is not supported");
                }
                yield expressions.multiply(x, x);
            }
            default -> throw call.unsupported("a computed value as input is not supported");
        };
        return shaped.with(result);
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
        if (a.type() != b.type()) {
            throw call.malformed("must have operands of the same type, but has " + a.type() + " and " + b.type());
        }
        if (op.equals("Div") && b.expr().is(Kind.ROOT)) {
            return a.with(normalised(call, a.expr(), b.expr()));
        }
        if (op.equals("Div") && expressions.isOnePlusAbs(b.expr(), a.expr())) {
            return a.with(expressions.activation(a.expr(), Activation.of("softsign")));
        }
        boolean isMean = op.equals("Sub") && b.expr().is(Kind.MEAN) && b.expr().below() == a.expr();
        if (isMean) {
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
            throw call.unsupported("two inputs whose feature axes are not known yet are not supported");
        }
        if (a.expr().units() != b.expr().units()) {
            throw call.unsupported("vectors of different lengths, as in attention, are not supported");
        }
        Expression result = switch (op) {
            case "Add" -> expressions.add(a.expr(), b.expr());
            case "Sub" -> expressions.subtract(a.expr(), b.expr());
            case "Mul" -> expressions.multiply(a.expr(), b.expr());
            default -> throw call.unsupported("two computed values as inputs are not supported");
        };
        return Broadcasting.withFeature(result, Broadcasting.unified(call, a, b), a);
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

    private List<Value> reduceMean(Call call) {
        Signal signal = call.signal(0);
        long[] axes = call.input(1) != null ? call.integers(1, "axes") : call.integers("axes");
        int axis = axes == null || axes.length != 1 ? -1 : call.axis(axes[0], signal.rank());
        Signal along = axis >= 0 && axis == signal.rank() - 1 ? signal.alongFeature(axis, -1) : null;
        signal = along == null ? signal : along;
        boolean overFeatures = axis >= 0 && signal.feature() != null && axis == signal.featureAt();
        if (!overFeatures || call.integer("keepdims", 1) != 1) {
            throw call.unsupported(
                    "a mean over axes other than the features, such as all steps, cannot run one step at a time");
        }
        List<List<Axis>> result = new ArrayList<>(signal.axes());
        result.set(signal.featureAt(), List.of());
        Expression mean = expressions.make(Kind.MEAN, List.of(signal.expr()), 1);
        return List.of(new Signal(mean, result, Axis.ofFeatures(1), signal.type(), false));
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
