package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Evaluates operators on inputs that are the index of a symbol: embeddings and one-hot vectors. */
final class SymbolOps {
    private final Expressions expressions;

    SymbolOps(Expressions expressions) {
        this.expressions = expressions;
    }

    /** Returns the row of a table at a symbol's index. */
    Value embedding(Call call, Value data, int axis, Signal symbol) {
        if (!(data instanceof Constant table)
                || !table.isFloating()
                || table.view().rank() != 2
                || axis != 0) {
            throw call.unsupported("an input as index is supported only for the rows of a constant table");
        }
        int rows = table.view().dims()[0];
        int columns = table.view().dims()[1];
        bindSymbols(call, symbol, rows);
        Weights weights = Weights.matrix(table.name(), rows, columns, table.floats());
        Expression expr = isIdentity(weights)
                ? expressions.make(Kind.ONE_HOT, List.of(symbol.expr()), (long) columns, columns)
                : expressions.make(Kind.EMBEDDING, List.of(symbol.expr()), weights, columns);
        return withFeature(symbol, expr, symbol.rank(), columns, table.type());
    }

    private static boolean isIdentity(Weights weights) {
        int size = weights.rows();
        for (int i = 0; i < weights.values().length; i++) {
            if (weights.values()[i]
                    != (i / Math.max(1, weights.columns()) == i % Math.max(1, weights.columns()) ? 1 : 0)) {
                return false;
            }
        }
        return size == weights.columns() && size > 1;
    }

    private static void bindSymbols(Call call, Signal symbol, long count) {
        Expression expr = symbol.expr().withoutPlaces();
        if (!expr.is(Kind.INPUT)) {
            throw call.unsupported("its index must be an input of the model, but is computed from an input");
        }
        if (count < 1 || !expr.data(GraphInput.class).bindSymbols(count)) {
            throw call.unsupported("reads an input as an index, but the input also has another use");
        }
    }

    private static Signal withFeature(Signal symbol, Expression expr, int at, int size, OnnxType type) {
        Axis feature = Axis.ofFeatures(size);
        List<List<Axis>> axes = new ArrayList<>(symbol.axes());
        axes.add(at, List.of(feature));
        return new Signal(expr, axes, feature, type, false);
    }

    /** Evaluates the operator OneHot. */
    List<Value> oneHot(Call call) {
        Signal symbol = call.signal(0);
        long[] depth = depth(call);
        Constant values = call.required(2) instanceof Constant constant ? constant : null;
        boolean isOneHot = values != null
                && values.view().count() == 2
                && depth.length == 1
                && (values.isFloating()
                        ? Arrays.equals(values.floats(), new float[] {0, 1})
                        : values.numbers()[0].is(0) && values.numbers()[1].is(1));
        if (values == null || !isOneHot || depth[0] > Integer.MAX_VALUE) {
            throw call.unsupported("must have the values 0 and 1 and a constant depth; others are not supported");
        }
        bindSymbols(call, symbol, depth[0]);
        Expression expr = expressions.make(Kind.ONE_HOT, List.of(symbol.expr()), depth[0], depth[0]);
        int at = call.axis(call.integer("axis", -1), symbol.rank() + 1);
        return List.of(withFeature(symbol, expr, at, (int) depth[0], values.type()));
    }

    private static long[] depth(Call call) {
        if (call.required(1) instanceof Constant constant && constant.isFloating()) {
            float[] floats = constant.floats();
            return floats.length == 1 ? new long[] {(long) floats[0]} : new long[0];
        }
        return call.integers(1, "depth");
    }

    /** Evaluates a comparison of an index with 0, 1, 2, ...: a one-hot vector of booleans. */
    Value equalTo(Call call, Signal symbol, Constant constant) {
        int count = constant.view().count();
        boolean counts = !constant.isFloating() && constant.view().rank() > 0 && count > 1;
        SymbolicInteger[] numbers = counts ? constant.numbers() : new SymbolicInteger[0];
        for (int i = 0; i < numbers.length; i++) {
            counts &= numbers[i].is(i);
        }
        int last = symbol.rank() - 1;
        boolean ofOne = last >= 0 && Axis.significant(symbol.axes().get(last)).isEmpty();
        if (!counts || constant.view().dims()[constant.view().rank() - 1] != count || !ofOne) {
            throw call.unsupported("is supported only for an index and the ascending indexes of all symbols");
        }
        bindSymbols(call, symbol, count);
        Expression expr = expressions.make(Kind.ONE_HOT, List.of(symbol.expr()), (long) count, count);
        List<List<Axis>> axes = new ArrayList<>(symbol.axes());
        axes.remove(last);
        return withFeature(symbol.withAxes(axes), expr, last, count, OnnxType.BOOL);
    }
}
