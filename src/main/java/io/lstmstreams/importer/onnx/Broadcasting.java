package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.List;

/** Broadcasts the dimensions of two tensors, at least one of which was computed. */
final class Broadcasting {
    private Broadcasting() {}

    /** Returns the axes of a result: the axes of both operands, which must be equal except for dimensions of size 1. */
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

    static List<Axis> unified(Call call, Signal a, List<Axis> x, Signal b, List<Axis> y) {
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
        throw call.unsupported("combines values over different dimensions, " + left + " and " + right
                + ", which is not supported; only vectors of the same step can be combined");
    }

    static List<Axis> featureOf(Signal signal) {
        Axis feature = signal.knownFeature();
        return feature == null ? List.of() : Axis.significant(List.of(feature));
    }

    /** Returns a result with the feature axis of one of its operands, whose feature axis may be unknown until then. */
    static Signal withFeature(Expression result, List<List<Axis>> axes, Signal like) {
        List<Axis> old = featureOf(like);
        if (like.isOpen()) {
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

    /** Binds the feature axis of a model's input that is combined with a vector to the vector's dimension. */
    static void bindLike(Signal input, Signal vector) {
        if (!input.isOpen() || vector.feature() == null) {
            return;
        }
        int position = input.rank() - vector.rank() + vector.featureAt();
        if (vector.featureAt() >= 0 && position >= 0) {
            input.bindFeature(position, vector.expr().units());
        }
    }

    static Weights weights(Call call, Signal signal, Constant constant) {
        Constant row = sameForAllRows(constant);
        int[] dims = row.view().dims();
        int wide = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] != 1) {
                if (wide >= 0) {
                    throw call.unsupported(
                            "a constant must be a vector, but is a matrix with a row for each step, which"
                                    + " cannot run one step at a time");
                }
                wide = i;
            }
        }
        if (wide < 0) {
            return Weights.vector(constant.name(), row.floats());
        }
        int position = signal.rank() - dims.length + wide;
        boolean isFeature = position >= 0
                && (signal.feature() != null
                        ? Axis.significant(signal.axes().get(position)).equals(featureOf(signal))
                        : position == signal.rank() - 1 && signal.bindFeature(position, dims[wide]));
        if (!isFeature || !signal.bindUnits(dims[wide])) {
            throw call.unsupported("a constant must extend along the features, but extends along another axis");
        }
        return Weights.vector(constant.name(), row.floats());
    }

    /** Returns one of the vectors along the last dimension if all are equal, as in a batch's common initial state. */
    static Constant sameForAllRows(Constant constant) {
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
}
