package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.Value.UnsupportedResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Evaluates sums, means and maxima over the features of a step. */
final class ReduceOps {
    private final Expressions expressions;
    private final VectorAlgebra algebra;
    private final TimeAndStates roles;

    ReduceOps(Expressions expressions, TimeAndStates roles, Budget budget) {
        this.expressions = expressions;
        this.algebra = new VectorAlgebra(expressions, budget);
        this.roles = roles;
    }

    Map<String, Operation> operations() {
        return Map.of(
                "ReduceMean", call -> reduced(call, Kind.MEAN),
                "ReduceSum", call -> reduced(call, Kind.DENSE),
                "ReduceMax", call -> reduced(call, Kind.MAX));
    }

    private List<Value> reduced(Call call, Kind kind) {
        Signal signal = call.signal(0);
        if (!signal.type().isFloating()) {
            return List.of(new UnsupportedResult(call.nodeText()));
        }
        long[] axes = call.input(1) != null ? call.integers(1, "axes") : call.integers("axes");
        if (axes == null || axes.length == 0) {
            if (call.integer("noop_with_empty_axes", 0) != 0) {
                return List.of(signal);
            }
            axes = new long[signal.rank()];
            for (int i = 0; i < axes.length; i++) {
                axes[i] = i;
            }
        }
        int feature = -1;
        boolean[] gone = new boolean[signal.rank()];
        for (long each : axes) {
            int axis = call.axis(each, signal.rank());
            gone[axis] = true;
            if (isFeature(signal, axis)) {
                feature = axis;
            } else if (!Axis.significant(signal.axes().get(axis)).isEmpty()) {
                throw call.unsupported("combines the values along "
                        + roles.describe(signal.axes().get(axis), axis)
                        + "; only a sum, mean or maximum over the features can run one step at a time");
            }
        }
        return List.of(result(call, kind, signal.bound(), feature >= 0, gone));
    }

    private static boolean isFeature(Signal signal, int axis) {
        Signal along = axis == signal.rank() - 1 || signal.feature() != null ? signal.alongFeature(axis, -1) : null;
        return along != null && along.featureAt() == axis;
    }

    private Signal result(Call call, Kind kind, Signal signal, boolean overFeatures, boolean... gone) {
        Expression vector = overFeatures ? reduced(call, kind, signal.expr()) : signal.expr();
        List<List<Axis>> result = new ArrayList<>();
        for (int axis = 0; axis < gone.length; axis++) {
            if (!gone[axis] || call.integer("keepdims", 1) != 0) {
                result.add(gone[axis] ? List.of() : signal.axes().get(axis));
            }
        }
        Axis feature = overFeatures ? Axis.ofFeatures(1) : signal.feature();
        return new Signal(vector, result, feature, signal.type(), false);
    }

    private Expression reduced(Call call, Kind kind, Expression vector) {
        if (kind != Kind.DENSE) {
            return expressions.make(kind, List.of(vector), 1);
        }
        if (vector.units() < 1) {
            throw call.unsupported("a sum over an unknown number of features is not supported");
        }
        return algebra.total(vector);
    }
}
