package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Evaluates operators that only change or return the shape of a tensor. */
final class ShapeOps {
    private final Budget budget;
    private final SignalReshape signals;
    private final TimeAndStates roles;

    ShapeOps(Expressions expressions, TimeAndStates roles, Budget budget) {
        this.roles = roles;
        this.signals = new SignalReshape(expressions);
        this.budget = budget;
    }

    Map<String, Operation> operations() {
        return Map.ofEntries(
                Map.entry("Identity", call -> List.of(call.required(0))),
                Map.entry("Dropout", this::dropout),
                Map.entry("Transpose", this::transpose),
                Map.entry("Squeeze", this::squeeze),
                Map.entry("Unsqueeze", this::unsqueeze),
                Map.entry("Reshape", this::reshape),
                Map.entry("Flatten", this::flatten),
                Map.entry("Shape", this::shape));
    }

    private List<Value> dropout(Call call) {
        boolean trains = call.opset() < 7
                ? call.integer("is_test", 0) == 0
                : call.input(2) != null && !(call.required(2) instanceof Constant constant && constant.isFalse());
        if (trains) {
            roles.note(call.nodeText() + " is omitted, although the file says that it is in training mode");
        }
        Value aside = new Value.UnsupportedResult(call.nodeText());
        return List.of(call.required(0), aside);
    }

    /** Applies a change of dimensions to a value: to a constant's view, or to the order of other values' dimensions. */
    private static Value reorder(Value value, UnaryOperator<View> view, IntFunction<int[]> order) {
        if (value instanceof Constant constant) {
            return constant.with(view.apply(constant.view()));
        }
        if (value instanceof Repeated repeated) {
            return new Repeated(
                    repeated.base(),
                    arranged(repeated.dims(), order.apply(repeated.dims().size()), SymbolicInteger.of(1)));
        }
        Signal signal = (Signal) value;
        return signal.withAxes(arranged(signal.axes(), order.apply(signal.rank()), List.of()));
    }

    /** Returns elements by position; -1 is a new dimension of size 1. */
    private static <T> List<T> arranged(List<T> from, int[] order, T single) {
        List<T> result = new ArrayList<>();
        for (int position : order) {
            result.add(position < 0 ? single : from.get(position));
        }
        return result;
    }

    static int rank(Value value) {
        return value instanceof Constant constant
                ? constant.view().rank()
                : value instanceof Repeated repeated ? repeated.dims().size() : ((Signal) value).rank();
    }

    private List<Value> transpose(Call call) {
        Value value = call.required(0);
        int rank = rank(value);
        long[] perm = call.integers("perm");
        int[] order = new int[rank];
        boolean[] used = new boolean[rank];
        for (int i = 0; i < rank; i++) {
            long from = perm == null ? rank - 1 - i : i < perm.length ? perm[i] : -1;
            if (from < 0 || from >= rank || used[(int) from] || (perm != null && perm.length != rank)) {
                throw call.malformed(
                        "its perm must be an order of " + rank + " dimensions, but is " + Arrays.toString(perm));
            }
            used[(int) from] = true;
            order[i] = (int) from;
        }
        return List.of(reorder(value, view -> view.transposed(order), ignored -> order));
    }

    private long @Nullable [] axesOf(Call call) {
        return call.input(1) != null ? call.integers(1, "axes") : call.integers("axes");
    }

    private List<Value> squeeze(Call call) {
        Value value = call.required(0);
        int rank = rank(value);
        long[] given = axesOf(call);
        TreeSet<Integer> axes = new TreeSet<>(Collections.reverseOrder());
        for (int i = 0; i < rank; i++) {
            if (given == null && size(value, i).is(1)) {
                axes.add(i);
            }
        }
        if (given != null) {
            for (long axis : given) {
                axes.add(call.axis(axis, rank));
            }
        }
        for (int axis : axes) {
            if (size(value, axis).differsFrom(SymbolicInteger.of(1))
                    && size(value, axis).isConstant()) {
                throw call.malformed("dimension " + axis + " must have one element, but has more");
            }
        }
        int[] order = remaining(rank, axes);
        return List.of(reorder(
                value,
                view -> {
                    View result = view;
                    for (int axis : axes) {
                        result = result.without(axis);
                    }
                    return result;
                },
                ignored -> order));
    }

    private static int[] remaining(int rank, Set<Integer> axes) {
        int[] order = new int[rank - axes.size()];
        int at = 0;
        for (int i = 0; i < rank; i++) {
            if (!axes.contains(i)) {
                order[at++] = i;
            }
        }
        return order;
    }

    private List<Value> unsqueeze(Call call) {
        Value value = call.required(0);
        long[] given = axesOf(call);
        if (given == null) {
            throw call.malformed("must have axes, but has none");
        }
        int rank = rank(value) + given.length;
        TreeSet<Integer> axes = new TreeSet<>();
        for (long axis : given) {
            if (!axes.add(call.axis(axis, rank))) {
                throw call.malformed("must have different axes, but has axis " + axis + " twice");
            }
        }
        int[] order = new int[rank];
        int at = 0;
        for (int i = 0; i < rank; i++) {
            order[i] = axes.contains(i) ? -1 : at++;
        }
        return List.of(reorder(
                value,
                view -> {
                    View result = view;
                    for (int axis : axes) {
                        result = result.withSingle(axis);
                    }
                    return result;
                },
                ignored -> order));
    }

    /** Returns a value with more dimensions of size 1 at the end. */
    static Value withTrailing(Value value, int count) {
        int rank = rank(value);
        int[] order = new int[rank + count];
        Arrays.setAll(order, i -> i < rank ? i : -1);
        return reorder(
                value,
                view -> {
                    View result = view;
                    for (int i = 0; i < count; i++) {
                        result = result.withSingle(result.rank());
                    }
                    return result;
                },
                ignored -> order);
    }

    private static SymbolicInteger size(Value value, int axis) {
        if (value instanceof Constant constant) {
            return SymbolicInteger.of(constant.view().dims()[axis]);
        }
        return value instanceof Repeated repeated
                ? repeated.dims().get(axis)
                : SymbolicInteger.sizeOf(((Signal) value).axes().get(axis));
    }

    static SymbolicInteger[] sizes(Value value) {
        SymbolicInteger[] sizes = new SymbolicInteger[rank(value)];
        Arrays.setAll(sizes, axis -> size(value, axis));
        return sizes;
    }

    private List<Value> shape(Call call) {
        Value value = call.required(0);
        SymbolicInteger[] sizes = sizes(value);
        int start = (int) bounded(call.integer("start", 0), sizes.length);
        int end = (int) bounded(call.integer("end", sizes.length), sizes.length);
        SymbolicInteger[] part = Arrays.copyOfRange(sizes, start, Math.max(start, end));
        return List.of(Constant.of(part, OnnxType.INT64, "a shape", part.length));
    }

    private static long bounded(long position, int length) {
        return Math.max(0, Math.min(length, position < 0 ? position + length : position));
    }

    private List<Value> reshape(Call call) {
        Value value = call.required(0);
        SymbolicInteger[] target = call.opset() < 5 ? call.numbers("shape") : call.numbers(1, "new sizes");
        boolean copiesZero = call.integer("allowzero", 0) == 0;
        for (int i = 0; i < target.length; i++) {
            if (copiesZero && target[i].is(0)) {
                if (i >= rank(value)) {
                    throw call.malformed("copies the size of dimension " + i + ", which does not exist");
                }
                target[i] = size(value, i);
            }
        }
        return List.of(reshaped(call, value, Arrays.asList(target)));
    }

    private Value reshaped(Call call, Value value, List<SymbolicInteger> target) {
        if (value instanceof Constant constant) {
            budget.take(constant.view().count());
            return constant.reshaped(knownSizes(call, constant, target));
        }
        if (value instanceof Repeated repeated) {
            return new Repeated(
                    repeated.base(),
                    target.stream()
                            .map(size -> size.is(-1) ? SymbolicInteger.UNKNOWN : size)
                            .toList());
        }
        Signal signal = (Signal) value;
        Signal result = signals.reshaped(signal, target);
        if (result == null) {
            throw call.unsupported("changes the shape of a computed value in a way that mixes its dimensions, which is"
                    + " not supported");
        }
        return result;
    }

    private static int[] knownSizes(Call call, Constant constant, List<SymbolicInteger> target) {
        long rest = constant.view().count();
        int[] dims = new int[target.size()];
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            SymbolicInteger size = target.get(i);
            if (size.is(-1) && open < 0) {
                open = i;
            } else if (size.isConstant() && size.offset() > 0 && rest % size.offset() == 0) {
                dims[i] = (int) size.offset();
                rest /= size.offset();
            } else {
                throw call.malformed(
                        "its shape does not fit the " + constant.view().count() + " elements of its input");
            }
        }
        if (open >= 0) {
            dims[open] = (int) rest;
        } else if (rest != 1) {
            throw call.malformed("its shape does not fit the " + constant.view().count() + " elements of its input");
        }
        return dims;
    }

    private List<Value> flatten(Call call) {
        Value value = call.required(0);
        SymbolicInteger[] sizes = sizes(value);
        long axis = call.integer("axis", 1);
        int at = axis == sizes.length ? sizes.length : call.axis(axis, sizes.length);
        SymbolicInteger outer = Arrays.stream(sizes).limit(at).reduce(SymbolicInteger.of(1), SymbolicInteger::times);
        SymbolicInteger inner = Arrays.stream(sizes).skip(at).reduce(SymbolicInteger.of(1), SymbolicInteger::times);
        return List.of(reshaped(call, value, List.of(outer, inner)));
    }
}
