package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Functions of vectors that are products with a matrix of zeros and ones, or that are written out in others. */
final class VectorAlgebra {
    private final Expressions expressions;
    private final Budget budget;

    VectorAlgebra(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.budget = budget;
    }

    /** Returns the sum of the elements. */
    Expression total(Expression x) {
        return expressions.dense(x, ones(1, (int) x.units()), null);
    }

    private static Weights ones(int rows, int columns) {
        float[] values = new float[rows * columns];
        Arrays.fill(values, 1);
        return Weights.matrix("ones", rows, columns, values);
    }

    /** Returns a vector that repeats a vector of one element. */
    Expression repeated(Expression x, int units) {
        budget.take(units);
        return expressions.dense(x, ones(units, 1), null);
    }

    /** Returns elements of a vector in some order. */
    Expression selected(Expression x, int... places) {
        boolean inOrder = IntStream.range(1, places.length).allMatch(i -> places[i] == places[i - 1] + 1);
        if (inOrder) {
            return expressions.slice(x, places[0], places.length);
        }
        int columns = (int) x.units();
        budget.take((long) places.length * columns);
        float[] values = new float[places.length * columns];
        for (int row = 0; row < places.length; row++) {
            values[row * columns + places[row]] = 1;
        }
        return expressions.dense(x, Weights.matrix("a selection", places.length, columns, values), null);
    }

    /** Returns softmax(x) if the vectors are exp(x) and its sum, or exp(x - max(x)) and its sum; otherwise null. */
    @Nullable
    Expression softmax(Expression exponential, Expression sum) {
        boolean isExponential = exponential.is(Kind.ACTIVATION)
                && exponential.data().equals(Activation.of("exponential"))
                && exponential.units() > 1
                && sum == total(exponential);
        if (!isExponential) {
            return null;
        }
        Expression x = exponential.below();
        for (Expression term : x.is(Kind.ADD) ? x.of() : List.<Expression>of()) {
            Expression most = term.is(Kind.AFFINE) ? term.below() : term;
            if (most.is(Kind.MAX) && expressions.subtract(most.below(), most) == x) {
                x = most.below();
                break;
            }
        }
        return expressions.activation(x, Activation.of("softmax"));
    }

    /** Returns whether a vector is 1 + |x|. */
    boolean isOnePlusAbs(Expression expr, Expression x) {
        return expr
                == expressions.affine(
                        expressions.activation(x, Activation.ABS), Weights.filled(1, 1), Weights.filled(1, 1));
    }
}
