package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates products with a matrix of weights: MatMul and Gemm. */
final class LinearOps {
    private final Expressions expressions;
    private final Budget budget;
    private final IdentityHashMap<Constant, Weights> straight = new IdentityHashMap<>();
    private final IdentityHashMap<Constant, Weights> transposed = new IdentityHashMap<>();

    LinearOps(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.budget = budget;
    }

    Map<String, Operation> operations() {
        return Map.of("MatMul", this::matMul, "Gemm", this::gemm);
    }

    private List<Value> matMul(Call call) {
        Value a = call.required(0);
        Constant weight = ConstantFolding.constant(call.required(1));
        if (weight == null) {
            String what = a instanceof Signal
                    ? "a product of two computed values, as in attention, cannot run one step at a time"
                    : "a product of a constant with a computed value is not supported";
            throw call.unsupported(what);
        }
        Weights matrix = matrix(call, weight, true);
        if (a instanceof Signal signal) {
            return List.of(dense(call, signal, weight, matrix, null));
        }
        return List.of(constantProduct(call, a, matrix, null));
    }

    private List<Value> gemm(Call call) {
        Value a = call.required(0);
        Constant weight = ConstantFolding.constant(call.required(1));
        if (weight == null || call.integer("transA", 0) != 0) {
            throw call.unsupported(
                    "must multiply a row for each step with a constant matrix; other products are not supported");
        }
        Weights matrix = matrix(call, weight, call.integer("transB", 0) == 0);
        matrix = scaled(matrix, call.number("alpha", 1));
        Weights bias = call.input(2) == null ? null : bias(call, matrix.rows());
        if (a instanceof Signal signal) {
            return List.of(dense(call, signal, weight, matrix, bias));
        }
        return List.of(constantProduct(call, a, matrix, bias));
    }

    private Weights bias(Call call, int rows) {
        Constant constant = call.floats(2, "bias");
        int count = constant.view().count();
        int[] dims = constant.view().dims();
        boolean isRow = count == 1 || (count == rows && dims[dims.length - 1] == rows);
        if (!isRow) {
            throw call.malformed("its bias must have " + rows + " elements, one for each output, but has " + count);
        }
        Weights bias = Weights.vector(constant.name(), constant.floats()).stretched(rows);
        float beta = call.number("beta", 1);
        return beta == 1 ? bias : bias.times(Weights.filled(rows, beta));
    }

    private static Weights scaled(Weights matrix, float alpha) {
        if (alpha == 1) {
            return matrix;
        }
        float[] values = matrix.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= alpha;
        }
        return Weights.matrix(matrix.name(), matrix.rows(), matrix.columns(), values);
    }

    /** Returns a constant matrix as [outputs, inputs]. */
    private Weights matrix(Call call, Constant weight, boolean transpose) {
        IdentityHashMap<Constant, Weights> known = transpose ? transposed : straight;
        Weights matrix = known.get(weight);
        if (matrix == null) {
            View view = weight.view();
            while (view.rank() > 2 && view.dims()[0] == 1) {
                view = view.without(0);
            }
            if (view.rank() != 2 || !weight.isFloating() || view.count() == 0) {
                throw call.unsupported("its second factor must be a matrix of floating-point numbers");
            }
            View ours = transpose ? view.transposed(1, 0) : view;
            budget.take(ours.dims());
            matrix = Weights.matrix(
                    weight.name(),
                    ours.dims()[0],
                    ours.dims()[1],
                    weight.with(ours).floats());
            known.put(weight, matrix);
        }
        return matrix;
    }

    private Value dense(Call call, Signal signal, Constant weight, Weights matrix, @Nullable Weights bias) {
        if (weight.type() != signal.type()) {
            throw call.malformed(
                    "its factors must have the same type, but are " + signal.type() + " and " + weight.type());
        }
        Expression x = contracted(call, signal, matrix.columns());
        Axis feature = Axis.ofFeatures(matrix.rows());
        List<List<Axis>> axes = new ArrayList<>(signal.axes());
        axes.set(axes.size() - 1, List.of(feature));
        return new Signal(expressions.dense(x, matrix, bias), axes, feature, signal.type(), false);
    }

    /** Returns the vectors along the last dimension, which must be the vectors of one step. */
    static Expression contracted(Call call, Signal signal, int length) {
        if (signal.rank() == 0) {
            throw call.malformed("must read a vector, but reads a single number");
        }
        List<Axis> last = Axis.significant(signal.axes().get(signal.rank() - 1));
        if (signal.feature() == null) {
            if (!signal.bindFeature(signal.rank() - 1, length)) {
                throw misfit(call, signal, length);
            }
        } else if (!last.equals(Axis.significant(List.of(signal.feature())))) {
            throw call.unsupported(
                    "its weights extend over several steps or another axis than the features, which cannot run"
                            + " one step at a time");
        }
        if (!signal.bindUnits(length)) {
            throw misfit(call, signal, length);
        }
        return signal.expr();
    }

    private static RuntimeException misfit(Call call, Signal signal, int length) {
        long units = signal.expr().units();
        if (units >= 0 && units != length) {
            return call.malformed("its weights have " + length + " inputs, but its vector has " + units + " values");
        }
        return call.unsupported("its weights have " + length
                + " inputs along the last axis, but that axis is not known to be the features'");
    }

    /** Returns the product of weights and a constant, such as a zero state. */
    private Constant constantProduct(Call call, Value value, Weights matrix, @Nullable Weights bias) {
        Constant constant = ConstantFolding.constant(value);
        int rank = constant == null ? 0 : constant.view().rank();
        if (constant == null
                || rank == 0
                || !constant.isFloating()
                || constant.view().dims()[rank - 1] != matrix.columns()) {
            throw call.malformed("its first factor must be a constant of floating-point numbers with "
                    + matrix.columns() + " columns");
        }
        float[] x = constant.floats();
        int[] dims = constant.view().dims().clone();
        int rows = x.length / matrix.columns();
        dims[rank - 1] = matrix.rows();
        budget.take(dims);
        budget.take((long) rows * matrix.values().length / 16);
        float[] y = new float[rows * matrix.rows()];
        for (int i = 0; i < y.length; i++) {
            int row = i % matrix.rows();
            double sum = bias == null ? 0 : bias.values()[row];
            for (int k = 0; k < matrix.columns(); k++) {
                sum += (double) x[i / matrix.rows() * matrix.columns() + k]
                        * matrix.values()[row * matrix.columns() + k];
            }
            y[i] = (float) sum;
        }
        return Constant.of(y, constant.type(), bias == null ? "a constant" : bias.name(), dims);
    }
}
