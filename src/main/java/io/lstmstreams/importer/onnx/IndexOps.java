package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Evaluates operators that take parts of a tensor. */
final class IndexOps {
    private final Expressions expressions;
    private final Budget budget;
    private final SymbolOps symbols;

    IndexOps(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.budget = budget;
        this.symbols = new SymbolOps(expressions);
    }

    Map<String, Operation> operations() {
        return Map.of("Slice", this::slice, "Gather", this::gather, "Split", this::split, "OneHot", symbols::oneHot);
    }

    private List<Value> slice(Call call) {
        Value value = call.required(0);
        int rank = ShapeOps.rank(value);
        boolean asInputs = call.opset() >= 10;
        SymbolicInteger[] starts = asInputs ? call.numbers(1, "starts") : numbers(call, "starts");
        SymbolicInteger[] ends = asInputs ? call.numbers(2, "ends") : numbers(call, "ends");
        SymbolicInteger[] axes = asInputs
                ? call.input(3) == null ? null : call.numbers(3, "axes")
                : call.has("axes") ? numbers(call, "axes") : null;
        SymbolicInteger[] steps = asInputs && call.input(4) != null ? call.numbers(4, "steps") : null;
        boolean sameLength = ends.length == starts.length
                && (axes == null || axes.length == starts.length)
                && (steps == null || steps.length == starts.length);
        if (!sameLength) {
            throw call.malformed("must have starts, ends, axes and steps of the same length");
        }
        Value result = value;
        for (int i = 0; i < starts.length; i++) {
            if (axes != null && !axes[i].isConstant()) {
                throw call.unsupported("its axes must be constant, but depend on the size of the input");
            }
            int axis = call.axis(axes == null ? i : axes[i].offset(), rank);
            long step = steps == null ? 1 : steps[i].isConstant() ? steps[i].offset() : 0;
            result = slice(call, result, axis, starts[i], ends[i], step);
        }
        return List.of(result);
    }

    private static SymbolicInteger[] numbers(Call call, String attribute) {
        long[] values = call.integers(attribute);
        if (values == null) {
            throw call.malformed("the attribute " + attribute + " is missing");
        }
        return Arrays.stream(values).mapToObj(SymbolicInteger::of).toArray(SymbolicInteger[]::new);
    }

    private Value slice(Call call, Value value, int axis, SymbolicInteger start, SymbolicInteger end, long step) {
        if (value instanceof Constant constant) {
            return sliceOfConstant(call, constant, axis, start, end, step);
        }
        SymbolicInteger size = value instanceof Repeated repeated
                ? repeated.dims().get(axis)
                : SymbolicInteger.sizeOf(((Signal) value).axes().get(axis));
        SymbolicInteger from = start.isConstant() && start.offset() < 0 && size.isConstant() ? start.plus(size) : start;
        SymbolicInteger to = end;
        if (end.isConstant() && size.isConstant()) {
            to = SymbolicInteger.of(
                    Math.min(end.offset() < 0 ? end.offset() + size.offset() : end.offset(), size.offset()));
        } else if (end.isConstant() && end.offset() >= Integer.MAX_VALUE) {
            to = size;
        }
        if (step == 1 && from.is(0) && to.equals(size) && size.known()) {
            return value;
        }
        if (value instanceof Repeated repeated) {
            List<SymbolicInteger> dims = new ArrayList<>(repeated.dims());
            dims.set(
                    axis,
                    from.isConstant() && to.isConstant()
                            ? to.plus(SymbolicInteger.of(-from.offset()))
                            : SymbolicInteger.UNKNOWN);
            return new Repeated(repeated.base(), dims);
        }
        Signal signal = (Signal) value;
        if (step != 1) {
            throw call.unsupported(
                    "takes an axis with a step other than 1, which is not supported; over time, it cannot run one step at"
                            + " a time");
        }
        if (from.isConstant() && to.isConstant() && isFeature(signal, axis, to.offset() - from.offset())) {
            return features(call, signal, axis, from.offset(), to.offset() - from.offset());
        }
        boolean last = (from.is(-1) || from.equals(size.plus(SymbolicInteger.of(-1)))) && to.equals(size);
        if (last) {
            return place(signal, axis, size.isConstant() ? size.offset() - 1 : -1, true);
        }
        if (from.isConstant() && to.isConstant() && from.offset() >= 0 && to.offset() == from.offset() + 1) {
            return place(signal, axis, from.offset(), true);
        }
        throw call.unsupported("takes a part of dimension " + axis
                + ", which is not the features' dimension; a part of the steps cannot be taken one step at a time");
    }

    private static Constant sliceOfConstant(
            Call call, Constant constant, int axis, SymbolicInteger start, SymbolicInteger end, long step) {
        int size = constant.view().dims()[axis];
        if (!start.isConstant() || !end.isConstant() || step == 0) {
            throw call.unsupported("takes a part of a constant, but the part depends on the size of the input");
        }
        long from = start.offset() < 0 ? start.offset() + size : start.offset();
        long to = end.offset() < 0 ? end.offset() + size : end.offset();
        from = Math.max(0, Math.min(from, step > 0 ? size : size - 1));
        to = Math.max(step > 0 ? 0 : -1, Math.min(to, size));
        if (end.offset() < -(long) size && step < 0) {
            to = -1;
        }
        long span = step > 0 ? to - from : from - to;
        long count = span <= 0 ? 0 : (span + Math.abs(step) - 1) / Math.abs(step);
        int stride = count > 1 ? (int) step : 1;
        return constant.with(constant.view().sliced(axis, (int) from, stride, (int) count));
    }

    /**
     * Returns whether a dimension is the features' dimension; for a model's input this is inferred from type and rank.
     */
    private static boolean isFeature(Signal signal, int axis, long length) {
        List<Axis> dimension = signal.axes().get(axis);
        if (signal.feature() != null) {
            return dimension.contains(signal.feature());
        }
        boolean isLikely = axis == signal.rank() - 1
                && signal.type().isFloating()
                && (signal.rank() >= 3 || length > 1)
                && !Axis.significant(dimension).isEmpty();
        return signal.isOpen()
                ? isLikely && signal.bindFeature(axis, -1)
                : !dimension.isEmpty() && dimension.contains(signal.knownFeature());
    }

    private Value features(Call call, Signal signal, int axis, long from, long length) {
        long units = signal.expr().units();
        if (from < 0 || length <= 0 || units < 0 || from + length > units) {
            throw call.malformed("takes features " + from + " to " + (from + length) + ", but there are only " + units);
        }
        Axis feature = Axis.ofFeatures(length);
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        axes.set(axis, List.of(feature));
        Expression expr = expressions.slice(signal.expr(), (int) from, (int) length);
        return new Signal(expr, axes, feature, signal.type(), false);
    }

    private Value place(Signal signal, int axis, long index, boolean keep) {
        List<Axis> dimension = signal.axes().get(axis);
        Expression expr = signal.expr();
        for (Axis part : Axis.significant(dimension)) {
            expr = expressions.at(expr, part, index);
        }
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        if (keep) {
            axes.set(axis, List.of());
        } else {
            axes.remove(axis);
        }
        return new Signal(expr, axes, signal.feature(), signal.type(), signal.state());
    }

    private List<Value> gather(Call call) {
        Value data = call.required(0);
        Value index = call.required(1);
        int axis = call.axis(call.integer("axis", 0), ShapeOps.rank(data));
        if (index instanceof Signal symbol) {
            return List.of(symbols.embedding(call, data, axis, symbol));
        }
        if (!(index instanceof Constant indices) || indices.isFloating()) {
            throw call.unsupported("its index must be a constant or an input of the model");
        }
        SymbolicInteger[] places = call.numbers(1, "indices");
        boolean keeps = indices.view().rank() > 0;
        if (data instanceof Constant constant) {
            return List.of(gatherOfConstant(
                    call, constant, axis, places, indices.view().dims()));
        }
        if (places.length != 1 || indices.view().rank() > 1) {
            throw call.unsupported("takes several places of dimension " + axis + ", but only one is supported");
        }
        if (data instanceof Repeated repeated) {
            List<SymbolicInteger> dims = new ArrayList<>(repeated.dims());
            dims.set(axis, SymbolicInteger.of(1));
            if (!keeps) {
                dims.remove(axis);
            }
            return List.of(new Repeated(repeated.base(), dims));
        }
        Signal signal = (Signal) data;
        SymbolicInteger size = SymbolicInteger.sizeOf(signal.axes().get(axis));
        SymbolicInteger place = places[0];
        boolean last = place.is(-1) || (place.equals(size.plus(SymbolicInteger.of(-1))) && place.known());
        if (!last && !place.isConstant()) {
            throw call.unsupported(
                    "takes a place of dimension " + axis + ", but the place depends on the size of the input");
        }
        long at = last ? size.isConstant() ? size.offset() - 1 : -1 : place.offset();
        at = at < -1 && size.isConstant() ? at + size.offset() : at;
        if ((size.isConstant() && (at < 0 || at >= size.offset())) || at < -1) {
            throw call.malformed("takes place " + place.offset() + " of a dimension of size " + size.offset());
        }
        if (isFeature(signal, axis, 1)) {
            Signal part = (Signal) features(call, signal, axis, at, 1);
            List<List<Axis>> axes = new ArrayList<>(part.axes());
            if (!keeps) {
                axes.remove(axis);
            }
            return List.of(part.withAxes(axes));
        }
        return List.of(place(signal, axis, at, keeps));
    }

    private Constant gatherOfConstant(Call call, Constant data, int axis, SymbolicInteger[] places, int... dims) {
        View view = data.view();
        List<Constant> parts = new ArrayList<>();
        for (SymbolicInteger place : places) {
            int size = view.dims()[axis];
            long at = place.isConstant() && place.offset() < 0 ? place.offset() + size : place.offset();
            if (!place.isConstant() || at < 0 || at >= size) {
                throw call.malformed("takes a place that does not exist in a dimension of size " + size);
            }
            parts.add(data.with(view.sliced(axis, (int) at, 1, 1)));
        }
        if (dims.length == 0) {
            return parts.get(0).with(parts.get(0).view().without(axis));
        }
        if (dims.length > 1) {
            throw call.unsupported("a matrix of constant indices is not supported");
        }
        return ConcatOp.constants(call, parts, axis, budget);
    }

    private List<Value> split(Call call) {
        Value value = call.required(0);
        int axis = call.axis(call.integer("axis", 0), ShapeOps.rank(value));
        SymbolicInteger size = value instanceof Constant constant
                ? SymbolicInteger.of(constant.view().dims()[axis])
                : value instanceof Signal signal && isFeature(signal, axis, 2)
                        ? SymbolicInteger.of(signal.expr().units())
                        : value instanceof Signal signal
                                ? SymbolicInteger.sizeOf(signal.axes().get(axis))
                                : SymbolicInteger.UNKNOWN;
        if (!size.isConstant() || size.offset() < 1) {
            throw call.unsupported("a dimension of open size is not supported");
        }
        long at = 0;
        List<Value> parts = new ArrayList<>();
        for (long length : lengths(call, size.offset())) {
            if (length < 0 || length > size.offset() - at) {
                throw call.malformed("its parts must not be longer than the dimension");
            }
            parts.add(slice(call, value, axis, SymbolicInteger.of(at), SymbolicInteger.of(at + length), 1));
            at += length;
        }
        if (at != size.offset()) {
            throw call.malformed("its parts must add up to the dimension");
        }
        return parts;
    }

    private static long[] lengths(Call call, long size) {
        if (call.input(1) != null) {
            return call.integers(1, "lengths");
        }
        long[] stated = call.integers("split");
        if (stated != null) {
            return stated;
        }
        int count = call.node().outputs().size();
        long each = (size + count - 1) / count;
        long[] lengths = new long[count];
        long left = size;
        for (int i = 0; i < count; i++) {
            lengths[i] = Math.min(each, left);
            left -= lengths[i];
        }
        return lengths;
    }
}
