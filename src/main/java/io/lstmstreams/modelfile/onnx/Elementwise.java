package io.lstmstreams.modelfile.onnx;

import io.lstmstreams.modelfile.onnx.Expr.Affine;
import io.lstmstreams.modelfile.onnx.Expr.Kind;
import io.lstmstreams.modelfile.onnx.Expr.LayerNorm;
import io.lstmstreams.modelfile.onnx.Value.Constant;
import io.lstmstreams.modelfile.onnx.Value.Repeated;
import io.lstmstreams.modelfile.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Add, Sub, Mul, Div and the like, on constants, on what was computed, and on both. */
final class Elementwise {
    private final Exprs exprs;
    private final Budget budget;
    private final Symbols symbols;

    Elementwise(Exprs exprs, Budget budget) {
        this.exprs = exprs;
        this.budget = budget;
        this.symbols = new Symbols(exprs);
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
                Map.entry("Where", this::where),
                Map.entry("ReduceMean", this::reduceMean),
                Map.entry("Range", this::range));
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

    /** A constant as it meets others: one that is the same along open axes is taken once, as broadcasting does the rest. */
    static Constant constant(Value value) {
        if (value instanceof Constant constant) {
            return constant;
        }
        if (!(value instanceof Repeated repeated)) {
            return null;
        }
        Constant base = repeated.base();
        int[] dims = repeated.dims().stream()
                .mapToInt(size -> size.isConstant() ? (int) Math.max(0, Math.min(Integer.MAX_VALUE, size.offset())) : 1)
                .toArray();
        for (int i = 0; i < dims.length - 1; i++) {
            dims[i] = 1;
        }
        return dims.length == 0 || dims[dims.length - 1] > 1_000_000 ? null : expandedOrNull(base, dims);
    }

    private static Constant expandedOrNull(Constant base, int... dims) {
        View view = base.view().count() == 1
                ? base.reshaped().view().expanded(dims)
                : base.view().expanded(dims);
        return view == null ? null : (base.view().count() == 1 ? base.reshaped() : base).with(view);
    }

    private Value binary(Call call, String op, Value a, Value b) {
        if (a instanceof Signal left && b instanceof Signal right) {
            return signals(call, op, left, right);
        }
        Constant constantA = constant(a);
        Constant constantB = constant(b);
        if (op.equals("Equal")) {
            Signal signal = a instanceof Signal left ? left : b instanceof Signal right ? right : null;
            Constant constant = a instanceof Signal ? constantB : constantA;
            if (signal != null && constant != null) {
                return symbols.equalTo(call, signal, constant);
            }
        }
        boolean compares = op.startsWith("Less") || op.startsWith("Greater");
        if (compares && (a instanceof Signal || b instanceof Signal)) {
            return new Value.Aside(op); // only of use where it chooses among indices, see below
        }
        if (a instanceof Signal signal && constantB != null) {
            return mixed(call, op, signal, constantB, false);
        }
        if (b instanceof Signal signal && constantA != null) {
            return mixed(call, op, signal, constantA, true);
        }
        if (constantA == null || constantB == null) {
            throw call.unsupported("of constants of open size is not followed");
        }
        return folded(call, op, constantA, constantB);
    }

    private Constant folded(Call call, String op, Constant a, Constant b) {
        int[] dims = broadcast(call, a.view().dims(), b.view().dims());
        int count = budget.take(dims);
        Constant left = a.with(a.view().expanded(dims));
        Constant right = b.with(b.view().expanded(dims));
        if (a.isFloating() != b.isFloating()) {
            throw call.malformed("of whole numbers and others");
        }
        String name = a.view().count() >= b.view().count() ? a.name() : b.name();
        if (!a.isFloating()) {
            Num[] x = left.numbers();
            Num[] y = right.numbers();
            Num[] result = new Num[count];
            Arrays.setAll(result, i -> number(call, op, x[i], y[i]));
            return Constant.of(result, a.type(), name, dims);
        }
        float[] x = left.floats();
        float[] y = right.floats();
        float[] result = new float[count];
        for (int i = 0; i < count; i++) {
            result[i] = number(call, op, x[i], y[i]);
        }
        return Constant.of(result, a.type(), name, dims);
    }

    static int[] broadcast(Call call, int[] a, int... b) {
        int[] dims = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= dims.length; i++) {
            int x = i > a.length ? 1 : a[a.length - i];
            int y = i > b.length ? 1 : b[b.length - i];
            if (x != y && x != 1 && y != 1) {
                throw call.malformed("the shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not fit");
            }
            dims[dims.length - i] = x == 1 ? y : x;
        }
        return dims;
    }

    private static Num number(Call call, String op, Num a, Num b) {
        try {
            return switch (op) {
                case "Add" -> a.plus(b);
                case "Sub" -> a.plus(b.times(Num.of(-1)));
                case "Mul" -> a.times(b);
                case "Div" -> a.dividedBy(b);
                case "Less" -> a.lessThan(b);
                case "Greater" -> b.lessThan(a);
                case "LessOrEqual" -> a.lessThan(b.plus(Num.of(1)));
                case "GreaterOrEqual" -> b.lessThan(a.plus(Num.of(1)));
                case "Equal" -> a.equals(b) && a.known() ? Num.of(1) : a.differsFrom(b) ? Num.of(0) : Num.UNKNOWN;
                default -> throw call.unsupported("of whole numbers is not followed");
            };
        } catch (ArithmeticException e) {
            throw call.malformed("its result is too large");
        }
    }

    private static float number(Call call, String op, float a, float b) {
        return switch (op) {
            case "Add" -> a + b;
            case "Sub" -> a - b;
            case "Mul" -> a * b;
            case "Div" -> a / b;
            case "Pow" -> (float) Math.pow(a, b);
            default -> throw call.unsupported("of constants is not followed");
        };
    }

    /** Something computed and a constant, which is one number or a vector of features. */
    private Value mixed(Call call, String op, Signal signal, Constant constant, boolean constantFirst) {
        if (!signal.type().isFloating() && constant.type() == signal.type() && op.equals("Add")) {
            return new Value.Aside("a sum with an index");
        }
        if (!constant.isFloating() || constant.type() != signal.type()) {
            throw call.malformed("of " + signal.type() + " and " + constant.type());
        }
        Weights weights = weights(call, signal, constant);
        Signal shaped = signal;
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        while (axes.size() < constant.view().rank()) {
            axes.add(0, List.of());
        }
        shaped = shaped.withAxes(axes);
        Expr x = signal.expr();
        Weights zero = Weights.filled(1, 0);
        Expr result = switch (op) {
            case "Add" -> plus(x, weights);
            case "Sub" ->
                constantFirst
                        ? plus(exprs.affine(x, Weights.filled(1, -1), zero), weights)
                        : plus(x, weights.times(Weights.filled(1, -1)));
            case "Mul" -> times(x, weights);
            case "Div" -> {
                if (constantFirst) {
                    throw call.unsupported("of a constant by what was computed is not followed");
                }
                yield exprs.affine(x, inverse(weights), zero);
            }
            case "Pow" -> {
                if (constantFirst || weights.rows() != 1 || weights.values()[0] != 2) {
                    throw call.unsupported("with another exponent than 2 is not followed");
                }
                yield exprs.multiply(x, x);
            }
            default -> throw call.unsupported("of what was computed is not followed");
        };
        return shaped.with(result);
    }

    private Expr plus(Expr x, Weights shift) {
        long units = x.units();
        return shift.rows() == 1 && units != 1 && units < 0
                ? exprs.affine(x, Weights.filled(1, 1), shift)
                : exprs.add(x, exprs.constant(shift.stretched((int) Math.max(units, shift.rows()))));
    }

    private Expr times(Expr x, Weights scale) {
        return scale.isZero() && x.units() > 0 ? exprs.zeros(x.units()) : exprs.affine(x, scale, Weights.filled(1, 0));
    }

    private static Weights inverse(Weights weights) {
        float[] values = weights.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 / values[i];
        }
        return Weights.vector(weights.name(), values);
    }

    private static Weights weights(Call call, Signal signal, Constant constant) {
        Constant row = sameForAllRows(constant);
        int[] dims = row.view().dims();
        int wide = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] != 1) {
                if (wide >= 0) {
                    throw call.unsupported("a constant for each step, a matrix, cannot be added step by step");
                }
                wide = i;
            }
        }
        if (wide < 0) {
            return Weights.vector(constant.name(), row.floats());
        }
        int position = signal.rank() - dims.length + wide;
        GraphInput input = signal.feature() == null ? signal.expr().input() : null;
        boolean isFeature = position >= 0
                && (input == null
                        ? Axis.significant(signal.axes().get(position))
                                .equals(Axis.significant(List.of(signal.feature())))
                        : position == signal.rank() - 1
                                && input.bindFeature(signal.axes().get(position), dims[wide]));
        if (!isFeature || signal.expr().units() != dims[wide]) {
            throw call.unsupported("a constant along another axis than the features' is not followed");
        }
        return Weights.vector(constant.name(), row.floats());
    }

    /** Takes one of the vectors along the last dimension, if all are the same, as where a batch starts from the same state. */
    private static Constant sameForAllRows(Constant constant) {
        View view = constant.view();
        int width = view.rank() == 0 ? 1 : view.dims()[view.rank() - 1];
        float[] values = constant.floats();
        for (int i = width; i < values.length; i++) {
            if (values[i] != values[i - width]) {
                return constant;
            }
        }
        View row = view;
        for (int axis = 0; axis < view.rank() - 1; axis++) {
            row = row.sliced(axis, 0, 1, 1);
        }
        return constant.with(row);
    }

    private Value signals(Call call, String op, Signal a, Signal b) {
        if (a.type() != b.type()) {
            throw call.malformed("of " + a.type() + " and " + b.type());
        }
        if (op.equals("Div") && b.expr().is(Kind.ROOT)) {
            return a.with(normalised(call, a.expr(), b.expr()));
        }
        if (op.equals("Div") && exprs.isOnePlusAbs(b.expr(), a.expr())) {
            return a.with(exprs.activation(a.expr(), Activation.of("softsign")));
        }
        boolean isMean = op.equals("Sub") && b.expr().is(Kind.MEAN) && b.expr().below() == a.expr();
        if (isMean) {
            return a.with(exprs.subtract(a.expr(), b.expr()));
        }
        bindLike(a, b);
        bindLike(b, a);
        if (a.expr().units() != b.expr().units() || a.expr().units() < 0) {
            throw call.unsupported("of vectors of different lengths, as attention does, is not followed");
        }
        Expr result = switch (op) {
            case "Add" -> exprs.add(a.expr(), b.expr());
            case "Sub" -> exprs.subtract(a.expr(), b.expr());
            case "Mul" -> exprs.multiply(a.expr(), b.expr());
            default -> throw call.unsupported("of two computed values is not followed");
        };
        return withFeature(result, unified(call, a, b), a);
    }

    /** The result of what has the same feature axis as one of its sources, of which it may not have been known before. */
    private static Signal withFeature(Expr result, List<List<Axis>> axes, Signal like) {
        List<Axis> old = featureOf(like);
        if (like.feature() == null && !like.expr().input().isBound()) {
            return new Signal(result, axes, null, like.type(), false);
        }
        Axis feature = Axis.ofFeatures(result.units());
        List<List<Axis>> dims = new ArrayList<>(axes);
        for (int i = dims.size() - 1; i >= dims.size() - like.rank() && !old.isEmpty(); i--) {
            if (Axis.significant(dims.get(i)).equals(old)) {
                dims.set(i, List.of(feature));
            }
        }
        return new Signal(result, dims, feature, like.type(), false);
    }

    /** A model's input that meets a vector is one itself, along the same dimension. */
    private static void bindLike(Signal input, Signal vector) {
        if (input.feature() != null
                || vector.feature() == null
                || input.expr().input().isBound()) {
            return;
        }
        int position = input.rank() - vector.rank() + vector.featureAt();
        if (vector.featureAt() >= 0 && position >= 0) {
            input.expr()
                    .input()
                    .bindFeature(input.axes().get(position), vector.expr().units());
        }
    }

    /** (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) is a layer normalisation written out. */
    private Expr normalised(Call call, Expr centred, Expr root) {
        Expr variance = root.below();
        float epsilon = 0;
        if (variance.is(Kind.AFFINE) && variance.data(Affine.class).scale().common() == 1) {
            epsilon = variance.data(Affine.class).shift().common();
            variance = variance.below();
        }
        List<Expr> terms = centred.is(Kind.ADD) ? centred.of() : List.of();
        for (Expr term : terms) {
            Expr mean = term.is(Kind.AFFINE) ? term.below() : term;
            boolean fits = mean.is(Kind.MEAN)
                    && exprs.subtract(mean.below(), mean) == centred
                    && variance.is(Kind.MEAN)
                    && variance.below() == exprs.multiply(centred, centred);
            if (fits) {
                Expr x = mean.below();
                return exprs.make(Kind.LAYER_NORM, List.of(x), new LayerNorm(null, null, epsilon), x.units());
            }
        }
        throw call.unsupported("by a root is only followed in a layer normalisation");
    }

    /** The axes of a result: those of both, which must be the same but for dimensions of size 1. */
    static List<List<Axis>> unified(Call call, Signal a, Signal b) {
        int rank = Math.max(a.rank(), b.rank());
        List<List<Axis>> axes = new ArrayList<>();
        for (int i = rank; i >= 1; i--) {
            List<Axis> x = i > a.rank() ? List.of() : a.axes().get(a.rank() - i);
            List<Axis> y = i > b.rank() ? List.of() : b.axes().get(b.rank() - i);
            axes.add(unified(call, a, x, b, y));
        }
        return axes;
    }

    private static List<Axis> unified(Call call, Signal a, List<Axis> x, Signal b, List<Axis> y) {
        List<Axis> left = Axis.significant(x);
        List<Axis> right = Axis.significant(y);
        boolean features = left.equals(featureOf(a)) && right.equals(featureOf(b));
        boolean constants = a.expr().is(Kind.CONSTANT) || b.expr().is(Kind.CONSTANT);
        if (left.equals(right) || features || constants) {
            return left.isEmpty() ? y : x;
        }
        boolean mayBe = left.size() == 1 && right.size() == 1 && left.get(0).mayBe(right.get(0));
        if (mayBe) {
            return left.get(0).size() >= 0 ? x : y;
        }
        throw call.unsupported("of values over different axes, as attention does, is not followed");
    }

    private static List<Axis> featureOf(Signal signal) {
        Axis feature = signal.feature() != null
                ? signal.feature()
                : signal.expr().input() == null ? null : signal.expr().input().feature();
        return feature == null ? List.of() : Axis.significant(List.of(feature));
    }

    private List<Value> unary(Call call) {
        Value value = call.required(0);
        if (value instanceof Signal signal) {
            Weights zero = Weights.filled(1, 0);
            return List.of(
                    switch (call.op()) {
                        case "Neg" -> signal.with(exprs.affine(signal.expr(), Weights.filled(1, -1), zero));
                        case "Sqrt" ->
                            signal.with(exprs.make(
                                    Kind.ROOT,
                                    List.of(signal.expr()),
                                    null,
                                    signal.expr().units()));
                        case "Abs" -> signal.with(exprs.activation(signal.expr(), Activation.ABS));
                        default -> throw call.unsupported("of what was computed is not followed");
                    });
        }
        Constant constant = constant(value);
        if (constant == null) {
            throw call.unsupported("of a constant of open size is not followed");
        }
        int[] dims = constant.view().dims();
        budget.take(dims);
        if (!constant.isFloating()) {
            Num[] numbers = constant.numbers();
            if (!call.op().equals("Neg")) {
                throw call.unsupported("of whole numbers is not followed");
            }
            Arrays.setAll(numbers, i -> numbers[i].times(Num.of(-1)));
            return List.of(Constant.of(numbers, constant.type(), constant.name(), dims));
        }
        float[] floats = constant.floats().clone();
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (call.op()) {
                case "Neg" -> -floats[i];
                case "Abs" -> Math.abs(floats[i]);
                case "Sqrt" -> (float) Math.sqrt(floats[i]);
                default -> 1 / floats[i];
            };
        }
        return List.of(Constant.of(floats, constant.type(), constant.name(), dims));
    }

    /** Chooses among whole numbers, in the bookkeeping of shapes; or what is known to be chosen everywhere. */
    private List<Value> where(Call call) {
        if (call.input(0) instanceof Constant known && !known.isFloating()) {
            Num[] choices = known.numbers();
            boolean always = Arrays.stream(choices).allMatch(choice -> choice.is(1));
            boolean never = Arrays.stream(choices).allMatch(choice -> choice.is(0));
            Value chosen = call.required(always ? 1 : 2);
            if ((always || never)
                    && chosen instanceof Signal signal
                    && signal.rank() >= known.view().rank()) {
                return List.of(chosen);
            }
        }
        // An index below zero counts from the end of a table: there is none here.
        boolean wraps = call.input(0) instanceof Value.Aside test
                && test.operation().equals("Less")
                && call.input(1) instanceof Value.Aside sum
                && sum.operation().equals("a sum with an index");
        if (wraps
                && call.input(2) instanceof Signal index
                && index.expr().input() != null
                && !index.type().isFloating()) {
            return List.of(index);
        }
        Constant condition = constant(call.required(0));
        Constant a = constant(call.required(1));
        Constant b = constant(call.required(2));
        if (condition == null || a == null || b == null || condition.isFloating() || a.isFloating() || b.isFloating()) {
            throw call.unsupported("of what was computed is not followed");
        }
        int[] dims = broadcast(
                call,
                broadcast(call, condition.view().dims(), a.view().dims()),
                b.view().dims());
        budget.take(dims);
        Num[] choices = condition.with(condition.view().expanded(dims)).numbers();
        Num[] x = a.with(a.view().expanded(dims)).numbers();
        Num[] y = b.with(b.view().expanded(dims)).numbers();
        Arrays.setAll(choices, i -> choices[i].is(1) ? x[i] : choices[i].is(0) ? y[i] : Num.UNKNOWN);
        return List.of(Constant.of(choices, a.type(), a.name(), dims));
    }

    private List<Value> range(Call call) {
        long[] start = call.integers(0, "start");
        long[] limit = call.integers(1, "limit");
        long[] delta = call.integers(2, "delta");
        if (start.length != 1 || limit.length != 1 || delta.length != 1 || delta[0] == 0) {
            throw call.malformed("its bounds are not three numbers");
        }
        long span = limit[0] - start[0];
        long count = Math.max(0, span / delta[0] + (span % delta[0] == 0 ? 0 : 1));
        budget.take(count > Integer.MAX_VALUE ? Long.MAX_VALUE : 4 * count);
        Num[] numbers = new Num[(int) count];
        Arrays.setAll(numbers, i -> Num.of(start[0] + i * delta[0]));
        return List.of(Constant.of(numbers, Joined.typeOf(call.required(0)), "a range", numbers.length));
    }

    private List<Value> reduceMean(Call call) {
        Signal signal = call.signal(0);
        long[] axes = call.input(1) != null ? call.integers(1, "axes") : call.integers("axes");
        boolean overFeatures = axes != null
                && axes.length == 1
                && signal.feature() != null
                && call.axis(axes[0], signal.rank()) == signal.featureAt();
        if (!overFeatures || call.integer("keepdims", 1) != 1) {
            throw call.unsupported(
                    "over other axes than the features', such as all steps, cannot run one step at a time");
        }
        List<List<Axis>> result = new ArrayList<>(signal.axes());
        result.set(signal.featureAt(), List.of());
        Expr mean = exprs.make(Kind.MEAN, List.of(signal.expr()), null, 1);
        return List.of(new Signal(mean, result, Axis.ofFeatures(1), signal.type(), false));
    }
}
