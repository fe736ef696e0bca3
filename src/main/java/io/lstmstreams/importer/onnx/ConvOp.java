package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the operator Conv where it is a product with a matrix: with a kernel of one place, or with a kernel that
 * covers the whole axis of a single channel.
 */
final class ConvOp {
    private final Expressions expressions;
    private final TimeAndStates roles;
    private final Budget budget;

    ConvOp(Expressions expressions, TimeAndStates roles, Budget budget) {
        this.expressions = expressions;
        this.roles = roles;
        this.budget = budget;
    }

    List<Value> evaluate(Call call) {
        Signal x = call.signal(0);
        Constant kernel = call.floats(1, "kernel");
        int[] dims = kernel.view().dims();
        if (dims.length != x.rank() || dims.length < 3 || kernel.view().count() == 0) {
            throw call.malformed("its kernel must have the " + x.rank() + " dimensions of its input, at least 3");
        }
        int groups = (int) Math.max(1, Math.min(call.integer("group", 1), dims[0]));
        int channels = dims[1] * groups;
        boolean isPadded = isAny(call.integers("pads"), 0)
                || !List.of("NOTSET", "VALID").contains(call.text("auto_pad", "NOTSET"));
        int[] places = Arrays.copyOfRange(dims, 2, dims.length);
        boolean isPoint = Arrays.stream(places).allMatch(place -> place == 1);
        boolean isWhole = dims.length == 3
                && channels == 1
                && Axis.size(x.axes().get(2)) == places[0]
                && (x.feature() == null || x.axes().get(2).contains(x.feature()));
        if (isPadded || !(isPoint || isWhole) || (isPoint && isAny(call.integers("strides"), 1))) {
            throw call.unsupported("a convolution whose kernel has the places " + Arrays.toString(places) + " along "
                    + roles.describe(x.axes().get(2), 2) + " combines neighbouring places; only a kernel of 1 place can"
                    + " run one step at a time");
        }
        int at = isPoint ? 1 : 2;
        int length = isPoint ? channels : places[0];
        Signal along = x.alongFeature(at, length);
        if (along == null) {
            throw call.unsupported("dimension " + at + " of its input must be " + length + " features, but is not");
        }
        Axis feature = Axis.ofFeatures(dims[0]);
        List<List<Axis>> axes = new ArrayList<>(along.axes());
        axes.set(at, List.of());
        axes.set(1, List.of(feature));
        Expression result = expressions.dense(along.expr(), matrix(kernel, groups, length), bias(call, dims[0]));
        return List.of(new Signal(result, axes, feature, x.type(), false));
    }

    private static boolean isAny(long @Nullable [] values, long expected) {
        return values != null && Arrays.stream(values).anyMatch(value -> value != expected);
    }

    /** Returns the kernel as [outputs, inputs]; an output reads the channels of its group only. */
    private Weights matrix(Constant kernel, int groups, int length) {
        int outputs = kernel.view().dims()[0];
        float[] from = kernel.floats();
        if (groups == 1) {
            return Weights.matrix(kernel.name(), outputs, length, from);
        }
        budget.take((long) outputs * length);
        int width = length / groups;
        float[] values = new float[outputs * length];
        for (int row = 0; row < outputs; row++) {
            int group = row / Math.max(1, outputs / groups);
            System.arraycopy(from, row * width, values, row * length + Math.min(group, groups - 1) * width, width);
        }
        return Weights.matrix(kernel.name(), outputs, length, values);
    }

    private static @Nullable Weights bias(Call call, int outputs) {
        if (call.input(2) == null) {
            return null;
        }
        Constant bias = call.floats(2, "bias");
        if (bias.view().count() != outputs) {
            throw call.malformed("its bias must have " + outputs + " elements");
        }
        return Weights.vector(bias.name(), bias.floats());
    }
}
