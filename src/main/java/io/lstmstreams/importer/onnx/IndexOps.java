package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Evaluates operators that take parts of a tensor. */
final class IndexOps {
    private static final int MAX_PLACES = 64;

    private final Expressions expressions;
    private final VectorAlgebra algebra;
    private final Budget budget;
    private final SymbolOps symbols;

    IndexOps(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.algebra = new VectorAlgebra(expressions, budget);
        this.budget = budget;
        this.symbols = new SymbolOps(expressions);
    }

    Map<String, Operation> operations() {
        return Map.of(
                "Slice",
                this::slice,
                "Gather",
                this::gather,
                "GatherElements",
                this::gatherElements,
                "Split",
                this::split,
                "OneHot",
                symbols::oneHot);
    }

    private List<Value> slice(Call call) {
        Value value = call.required(0);
        int rank = ShapeOps.rank(value);
        boolean asInputs = call.opset() >= 10;
        SymbolicInteger[] starts = asInputs ? call.numbers(1, "starts") : call.numbers("starts");
        SymbolicInteger[] ends = asInputs ? call.numbers(2, "ends") : call.numbers("ends");
        SymbolicInteger[] axes = asInputs
                ? call.input(3) == null ? null : call.numbers(3, "axes")
                : call.has("axes") ? call.numbers("axes") : null;
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
            return everyNth(call, signal, axis, start, end, step);
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
        if (from.isConstant() && to.isConstant() && size.isConstant() && isShort(from.offset(), to.offset())) {
            return places(signal, axis, from.offset(), to.offset());
        }
        throw call.unsupported("takes a part of dimension " + axis + " of its input, which is not the features'"
                + " dimension;"
                + " a part of the features, or the last step, can be taken one step at a time");
    }

    /** Returns every n-th feature, or the features in reverse order. */
    private Value everyNth(Call call, Signal signal, int axis, SymbolicInteger start, SymbolicInteger end, long step) {
        long units = isFeature(signal, axis, 2) ? signal.expr().units() : -1;
        if (units < 1 || !start.isConstant() || !end.isConstant() || step == 0) {
            throw call.unsupported("takes every n-th place of dimension " + axis
                    + " of its input, or reverses it, which is supported only for features");
        }
        int[] all = IntStream.range(0, (int) units).toArray();
        Constant places = sliceOfConstant(call, ConcatOp.ofIntegers(all), 0, start, end, step);
        int[] chosen = Arrays.stream(places.numbers())
                .mapToInt(place -> (int) place.offset())
                .toArray();
        return selected(call, signal, axis, chosen);
    }

    private Value selected(Call call, Signal signal, int axis, int... places) {
        if (places.length == 0) {
            throw call.unsupported("takes no features, which is not supported");
        }
        Axis feature = Axis.ofFeatures(places.length);
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        axes.set(axis, List.of(feature));
        return new Signal(algebra.selected(signal.expr(), places), axes, feature, signal.type(), false);
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

    private static boolean isShort(long from, long to) {
        return from >= 0 && to > from && to - from <= MAX_PLACES;
    }

    /** Returns several places of an axis along a new axis, such as the states of some layers. */
    private Value places(Signal signal, int axis, long from, long to) {
        List<Expression> parts = new ArrayList<>();
        for (long index = from; index < to; index++) {
            parts.add(((Signal) place(signal, axis, index, true)).expr());
        }
        Axis some = new Axis("places", parts.size(), "");
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        axes.set(axis, List.of(some));
        return new Signal(expressions.stack(parts, some), axes, signal.feature(), signal.type(), signal.state());
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
            return List.of(several(call, data, axis, places, indices.view().rank()));
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
        boolean last = place.is(-1)
                || place.isLengthPlus(-1)
                || (place.equals(size.plus(SymbolicInteger.of(-1))) && place.known());
        if (!last && !place.isConstant()) {
            throw call.unsupported(
                    "takes a place of dimension " + axis + ", but the place depends on the size of the input");
        }
        long at = last ? size.isConstant() ? size.offset() - 1 : -1 : place.offset();
        at = at < -1 && size.isConstant() ? at + size.offset() : at;
        if ((size.isConstant() && (at < 0 || at >= size.offset())) || at < -1) {
            throw size.isConstant()
                    ? call.malformed("takes place " + place.offset() + " of a dimension of size " + size.offset())
                    : call.unsupported("takes place " + place.offset() + " of dimension " + axis + " of its"
                            + " input; of the"
                            + " steps, only the last, place -1, is available one step at a time");
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

    /** Evaluates GatherElements where all elements are taken at one place, such as the last step. */
    private List<Value> gatherElements(Call call) {
        Value data = call.required(0);
        int axis = call.axis(call.integer("axis", 0), ShapeOps.rank(data));
        SymbolicInteger[] places =
                call.required(1) instanceof Constant constant && constant.view().rank() == ShapeOps.rank(data)
                        ? call.numbers(1, "indices")
                        : new SymbolicInteger[0];
        boolean same = places.length > 0 && Arrays.stream(places).allMatch(place -> place.equals(places[0]));
        boolean last = same && (places[0].is(-1) || places[0].isLengthPlus(-1));
        if (!last || !(data instanceof Signal signal) || isFeature(signal, axis, 1)) {
            throw call.unsupported(
                    "takes an element for each place of its index, which is supported only for" + " the last step");
        }
        SymbolicInteger size = SymbolicInteger.sizeOf(signal.axes().get(axis));
        return List.of(place(signal, axis, size.isConstant() ? size.offset() - 1 : -1, true));
    }

    private Value several(Call call, Value data, int axis, SymbolicInteger[] places, int rank) {
        boolean ofFeatures = data instanceof Signal signal && rank == 1 && isFeature(signal, axis, places.length);
        long units = ofFeatures ? ((Signal) data).expr().units() : -1;
        int[] chosen = Arrays.stream(places)
                .mapToInt(place ->
                        !place.isConstant() ? -1 : (int) (place.offset() < 0 ? place.offset() + units : place.offset()))
                .toArray();
        if (!ofFeatures || Arrays.stream(chosen).anyMatch(place -> place < 0 || place >= units)) {
            throw call.unsupported("takes several places of dimension " + axis
                    + " of its input, which is supported only for features");
        }
        return selected(call, (Signal) data, axis, chosen);
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
            throw call.unsupported("splits a dimension of open size, as a loop does that was exported for some"
                    + " number of"
                    + " steps; export it with this number as the size of the input");
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
