package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reshapes computed values. An axis that is split becomes two axes: the parts of a vector along the first, and their
 * elements along the second, as when h and c are one vector. Axes that are merged with the features become one vector.
 */
final class SignalReshape {
    private static final int MAX_PARTS = 64;

    private final Expressions expressions;

    SignalReshape(Expressions expressions) {
        this.expressions = expressions;
    }

    /** Returns a signal in another shape, or null if this is not supported. */
    @Nullable
    Signal reshaped(Signal signal, List<SymbolicInteger> target) {
        List<List<Axis>> axes = Reshaping.fit(signal.axes(), target);
        if (axes != null) {
            return merged(signal.withAxes(axes));
        }
        List<Axis> all = signal.axes().stream()
                .flatMap(List::stream)
                .filter(axis -> axis.size() > 1)
                .toList();
        for (Axis axis : all) {
            for (long inner : innerSizes(axis.size(), target)) {
                Signal result = split(signal, axis, inner, target);
                if (result != null) {
                    return result;
                }
            }
        }
        return null;
    }

    /** Returns the possible sizes of the second of two axes: sizes that the target has, or the rest. */
    private static List<Long> innerSizes(long size, List<SymbolicInteger> target) {
        return target.stream()
                .filter(each -> each.isConstant() && each.offset() > 1 && size % each.offset() == 0)
                .flatMap(each -> IntStream.of(0, 1).mapToObj(i -> i == 0 ? each.offset() : size / each.offset()))
                .filter(inner -> inner > 1 && inner < size && size / inner <= MAX_PARTS)
                .distinct()
                .toList();
    }

    private @Nullable Signal split(Signal signal, Axis axis, long inner, List<SymbolicInteger> target) {
        Axis parts = new Axis("parts", axis.size() / inner, "");
        Axis elements = new Axis("elements", inner, "");
        List<List<Axis>> source = signal.axes().stream()
                .map(dimension -> dimension.stream()
                        .flatMap(each -> (each == axis ? List.of(parts, elements) : List.of(each)).stream())
                        .toList())
                .toList();
        List<List<Axis>> axes = Reshaping.fit(source, target);
        if (axes == null) {
            return null;
        }
        int last = signal.rank() - 1;
        boolean mayBeFeature = signal.isOpen() && signal.axes().get(last).equals(List.of(axis));
        if (signal.feature() == axis || (mayBeFeature && signal.bindFeature(last, axis.size()))) {
            List<Expression> slices = new ArrayList<>();
            for (int part = 0; part < parts.size(); part++) {
                slices.add(expressions.slice(signal.expr(), (int) (part * inner), (int) inner));
            }
            Expression stack = expressions.stack(slices, parts);
            return new Signal(stack, axes, elements, signal.type(), signal.state());
        }
        List<Expression> rows = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            List<Expression> places = new ArrayList<>();
            for (int element = 0; element < inner && inner <= MAX_PARTS; element++) {
                places.add(expressions.at(signal.expr(), axis, part * inner + element));
            }
            rows.add(expressions.stack(places, elements));
        }
        return inner > MAX_PARTS
                ? null
                : new Signal(expressions.stack(rows, parts), axes, signal.feature(), signal.type(), signal.state());
    }

    /** Returns a signal whose vectors consist of the vectors along the axes that are merged with the features. */
    private Signal merged(Signal signal) {
        int at = IntStream.range(0, signal.rank())
                .filter(i -> signal.feature() != null
                        && signal.axes().get(i).size() > 1
                        && signal.axes().get(i).contains(signal.feature()))
                .findFirst()
                .orElse(-1);
        if (at < 0) {
            return signal;
        }
        List<Axis> merged = Axis.significant(signal.axes().get(at));
        Expression vector = signal.expr();
        for (int i = merged.size() - 2; i >= 0; i--) {
            Axis axis = merged.get(i);
            if (merged.get(merged.size() - 1) != signal.feature() || axis.size() < 1 || axis.size() > MAX_PARTS) {
                return signal; // refused by the node that reads it
            }
            List<Expression> parts = new ArrayList<>();
            for (long place = 0; place < axis.size(); place++) {
                parts.add(expressions.at(vector, axis, place));
            }
            vector = expressions.concat(parts);
        }
        Axis feature = Axis.ofFeatures(vector.units());
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        axes.set(at, List.of(feature));
        return new Signal(vector, axes, feature, signal.type(), signal.state());
    }
}
