package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Evaluates the operator Concat on constants, on features, or on steps and layers along a new axis. */
final class ConcatOp {
    private final Expressions expressions;
    private final UnrolledLoops unrolled;
    private final Budget budget;

    ConcatOp(Expressions expressions, UnrolledLoops unrolled, Budget budget) {
        this.expressions = expressions;
        this.unrolled = unrolled;
        this.budget = budget;
    }

    List<Value> evaluate(Call call) {
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < call.inputs().size(); i++) {
            parts.add(call.required(i));
        }
        if (parts.isEmpty()) {
            throw call.malformed("must have inputs, but has none");
        }
        int axis = call.axis(call.integer("axis", 1), ShapeOps.rank(parts.get(0)));
        if (parts.size() == 1) {
            return parts;
        }
        if (parts.stream().allMatch(Constant.class::isInstance)) {
            List<Constant> constants = parts.stream().map(Constant.class::cast).toList();
            return List.of(constants(call, constants, axis, budget));
        }
        if (parts.stream().noneMatch(Signal.class::isInstance)) {
            return List.of(repeated(call, parts, axis));
        }
        return List.of(signals(call, parts, axis));
    }

    static Constant constants(Call call, List<Constant> parts, int axis, Budget budget) {
        Constant first = parts.get(0);
        int[] dims = first.view().dims().clone();
        dims[axis] = 0;
        for (Constant part : parts) {
            int[] others = part.view().dims().clone();
            boolean fits = others.length == dims.length && part.isFloating() == first.isFloating();
            for (int i = 0; fits && i < dims.length; i++) {
                fits = i == axis || others[i] == dims[i];
            }
            if (!fits) {
                throw call.malformed("its inputs must have the same type, and the same shape except for the axis");
            }
            dims[axis] = (int) Math.min(Integer.MAX_VALUE, (long) dims[axis] + others[axis]);
        }
        int count = budget.take(dims);
        View whole = View.contiguous(dims);
        float[] floats = new float[first.isFloating() ? count : 0];
        SymbolicInteger[] numbers = new SymbolicInteger[first.isFloating() ? 0 : count];
        int at = 0;
        for (Constant part : parts) {
            View target = whole.sliced(axis, at, 1, part.view().dims()[axis]);
            copy(part, target, floats, numbers);
            at += part.view().dims()[axis];
        }
        return first.isFloating()
                ? Constant.of(floats, first.type(), first.name(), dims)
                : Constant.of(numbers, first.type(), first.name(), dims);
    }

    private static void copy(Constant part, View target, float[] floats, SymbolicInteger[] numbers) {
        int[] from = {0};
        if (part.isFloating()) {
            float[] values = part.floats();
            target.forEach(place -> floats[place] = values[from[0]++]);
        } else {
            SymbolicInteger[] values = part.numbers();
            target.forEach(place -> numbers[place] = values[from[0]++]);
        }
    }

    /** Joins constants of open size, which must be zero. */
    private static Value repeated(Call call, List<Value> parts, int axis) {
        List<SymbolicInteger> dims = new ArrayList<>();
        for (Value part : parts) {
            if (!(part instanceof Repeated repeated)
                    || !repeated.base().isAll(0)
                    || axis >= repeated.dims().size()) {
                throw call.unsupported("constants of open size are supported only if they are zero");
            }
            if (dims.isEmpty()) {
                dims.addAll(repeated.dims());
            } else {
                dims.set(axis, dims.get(axis).plus(repeated.dims().get(axis)));
            }
        }
        return new Repeated(((Repeated) parts.get(0)).base(), dims);
    }

    private Value signals(Call call, List<Value> parts, int axis) {
        Signal like = (Signal)
                parts.stream().filter(Signal.class::isInstance).findFirst().orElseThrow();
        List<Signal> signals = new ArrayList<>();
        for (Value part : parts) {
            signals.add(part instanceof Signal signal ? signal : constantLike(call, part, like));
        }
        for (Signal signal : signals) {
            if (signal.rank() != like.rank() || signal.type() != like.type()) {
                throw call.malformed("its inputs must have the same type and number of dimensions");
            }
        }
        signals.replaceAll(Signal::bound);
        if (!signals.stream().allMatch(signal -> mayBeAlongFeatures(signal, axis)) || !saysFeatures(signals, axis)) {
            return along(call, signals, axis);
        }
        List<Signal> vectors = new ArrayList<>();
        for (Signal signal : signals) {
            Signal vector = signal.feature() == null ? signal.alongFeature(axis, -1) : signal;
            if (vector == null || vector.expr().units() < 0) {
                throw call.unsupported("an input of an unknown number of features is not supported");
            }
            vectors.add(vector);
        }
        return sideBySide(call, vectors, axis);
    }

    private static boolean mayBeAlongFeatures(Signal signal, int axis) {
        boolean isLast = axis == signal.rank() - 1;
        if (signal.feature() == null) {
            return isLast
                    && signal.rank() >= 2
                    && signal.type().isFloating()
                    && signal.expr().input() != null;
        }
        boolean isSingle = signal.feature().isSingle()
                && signal.featureAt() < 0
                && Axis.significant(signal.axes().get(axis)).isEmpty();
        return signal.featureAt() == axis || (isLast && isSingle);
    }

    /** Returns whether signals are joined along features; single numbers may also be joined steps. */
    private static boolean saysFeatures(List<Signal> signals, int axis) {
        for (Signal signal : signals) {
            boolean isWide = !Axis.significant(signal.axes().get(axis)).isEmpty();
            boolean isWhole = signal.rank() == 3 && signal.expr().is(Kind.INPUT);
            if (signal.feature() != null || isWide || isWhole) {
                return true;
            }
        }
        return false;
    }

    private Signal constantLike(Call call, Value part, Signal like) {
        Constant constant = ConstantFolding.constant(part);
        if (constant == null || !constant.isFloating() || constant.view().rank() != like.rank()) {
            throw call.unsupported("a computed value and a constant as inputs are not supported");
        }
        int[] dims = constant.view().dims();
        for (int i = 0; i < dims.length - 1; i++) {
            if (dims[i] != 1) {
                throw call.unsupported("a computed value and a constant as inputs are not supported");
            }
        }
        Axis feature = Axis.ofFeatures(dims[dims.length - 1]);
        List<List<Axis>> axes = new ArrayList<>(like.axes());
        axes.set(dims.length - 1, List.of(feature));
        Expression expr = expressions.constant(Weights.vector(constant.name(), constant.floats()));
        return new Signal(expr, axes, feature, like.type(), false);
    }

    private Value sideBySide(Call call, List<Signal> signals, int axis) {
        List<Signal> single = new ArrayList<>(); // without the features
        List<Expression> parts = new ArrayList<>();
        long size = 0;
        for (Signal signal : signals) {
            List<List<Axis>> axes = new ArrayList<>(signal.axes());
            axes.set(axis, List.of());
            single.add(new Signal(signal.expr(), axes, Axis.ofFeatures(1), signal.type(), false));
            parts.add(signal.expr());
            size += signal.expr().units();
        }
        Signal result = single.stream()
                .reduce((left, right) -> left.withAxes(Broadcasting.unified(call, left, right)))
                .orElseThrow();
        Axis feature = Axis.ofFeatures(size);
        List<List<Axis>> axes = new ArrayList<>(result.axes());
        axes.set(axis, List.of(feature));
        boolean state = signals.stream().allMatch(Signal::state);
        return new Signal(expressions.concat(parts), axes, feature, result.type(), state);
    }

    private Value along(Call call, List<Signal> signals, int axis) {
        List<Expression> parts = new ArrayList<>();
        boolean state = true;
        Signal first = signals.get(0);
        for (Signal signal : signals) {
            if (!Axis.significant(signal.axes().get(axis)).isEmpty()) {
                throw call.unsupported(
                        "joins along an axis that is not the features' axis; steps cannot be joined one step at"
                                + " a time");
            }
            parts.add(signal.expr());
            state &= signal.state();
        }
        List<List<Axis>> axes = new ArrayList<>(first.axes());
        UnrolledLoops.Sequence sequence = unrolled.sequence(parts);
        if (sequence != null) {
            axes.set(axis, List.of(sequence.time()));
            return new Signal(sequence.expr(), axes, first.feature(), first.type(), false);
        }
        Axis stacked = new Axis("stacked", parts.size(), "");
        axes.set(axis, List.of(stacked));
        return new Signal(expressions.stack(parts, stacked), axes, first.feature(), first.type(), state);
    }

    static Constant ofIntegers(int... values) {
        SymbolicInteger[] numbers =
                Arrays.stream(values).mapToObj(SymbolicInteger::of).toArray(SymbolicInteger[]::new);
        return Constant.of(numbers, OnnxType.INT64, "integers", values.length);
    }

    static OnnxType typeOf(Value value) {
        return value instanceof Signal signal
                ? signal.type()
                : value instanceof Constant constant
                        ? constant.type()
                        : ((Repeated) value).base().type();
    }
}
