package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A vector as a function of the vectors of one step. Only {@link Expressions} creates expressions, so that equal
 * expressions are the same object.
 */
final class Expression {
    /** The operation that computes the vector; the type of {@code data} is in parentheses. */
    enum Kind {
        /** An input of the model (GraphInput). */
        INPUT,
        /** A constant (Weights). */
        CONSTANT,
        /** W x + b (Dense). */
        DENSE,
        /** A function of each element, or softmax (Activation). */
        ACTIVATION,
        /** A sum of two or more vectors. */
        ADD,
        /** An elementwise product of two vectors. */
        MULTIPLY,
        /** A concatenation. */
        CONCAT,
        /** A part of a vector (Range). */
        SLICE,
        /** scale * x + shift, elementwise (Affine). */
        AFFINE,
        /** Batch normalisation (BatchNorm). */
        BATCH_NORM,
        /** Layer normalisation (LayerNorm). */
        LAYER_NORM,
        /** A row of a table (Weights). */
        EMBEDDING,
        /** A one-hot vector (its length, a Long). */
        ONE_HOT,
        /** The output of a recurrent layer (RecurrentLayer). */
        CELL,
        /** The cell state c of the recurrent layer below. */
        CELL_STATE,
        /** The vector below at one place of an axis (Place). */
        AT,
        /** Several vectors along a new axis (Axis). */
        STACK,
        /** The mean of the elements. */
        MEAN,
        /** The largest element. */
        MAX,
        /** The square root of each element. */
        ROOT
    }

    /** A matrix [outputs, inputs], and a bias if there is one. */
    record Dense(Weights weight, @Nullable Weights bias) {}

    /** A range of elements. */
    record Range(int offset, int length) {}

    /** The factors and summands of an affine function: vectors, or single numbers for all elements. */
    record Affine(Weights scale, Weights shift) {}

    /** The parameters of a batch normalisation. */
    record BatchNorm(Weights weight, Weights bias, Weights mean, Weights variance, float epsilon) {}

    /** The parameters of a layer normalisation; both may be omitted. */
    record LayerNorm(@Nullable Weights weight, @Nullable Weights bias, float epsilon) {}

    /** One place of an axis; -1 is the last place of an open axis. */
    record Place(Axis axis, long index) {
        /** Returns whether this is the last place. */
        boolean isLast() {
            return index == -1 || (axis.size() >= 0 && index == axis.size() - 1);
        }
    }

    private final Kind kind;
    private final int id;
    private final int depth;
    private final List<Expression> of;
    private final Object data;
    private final long units;
    private final String where;
    private final @Nullable GraphInput common;

    Expression(Kind kind, int id, List<Expression> of, Object data, long units, String where) {
        this.kind = kind;
        this.id = id;
        this.of = of;
        this.data = data;
        this.units = units;
        this.where = where;
        int deepest = 0;
        for (Expression part : of) {
            deepest = Math.max(deepest, part.depth);
        }
        this.depth = deepest + 1;
        this.common = common(of);
    }

    /** Returns the input that all parts are, or null. */
    private static @Nullable GraphInput common(List<Expression> of) {
        GraphInput first = of.isEmpty() ? null : of.get(0).input();
        return first != null && of.stream().allMatch(part -> part.input() == first) ? first : null;
    }

    Kind kind() {
        return kind;
    }

    boolean is(Kind other) {
        return kind == other;
    }

    int id() {
        return id;
    }

    int depth() {
        return depth;
    }

    /** Returns the operands. */
    List<Expression> of() {
        return of;
    }

    /** Returns the first operand. */
    Expression below() {
        return of.get(0);
    }

    /** Returns the vector of which this is one place of some axes, or this vector. */
    Expression withoutPlaces() {
        Expression expr = this;
        while (expr.is(Kind.AT)) {
            expr = expr.below();
        }
        return expr;
    }

    /** Returns the vector of which this is a part or one place of some axes, or this vector. */
    Expression withoutParts() {
        Expression expr = this;
        while (expr.is(Kind.AT) || expr.is(Kind.SLICE)) {
            expr = expr.below();
        }
        return expr;
    }

    /** Returns expressions and all expressions on which they depend. */
    static Set<Expression> withOperands(Collection<Expression> expressions) {
        Set<Expression> all = new HashSet<>(expressions);
        List<Expression> open = new ArrayList<>(expressions);
        while (!open.isEmpty()) {
            for (Expression part : open.remove(open.size() - 1).of()) {
                if (all.add(part)) {
                    open.add(part);
                }
            }
        }
        return all;
    }

    <T> T data(Class<T> type) {
        return type.cast(data);
    }

    Object data() {
        return data;
    }

    /** Returns the node that first computed the vector, for errors. */
    String where() {
        return where;
    }

    /** Returns the node without the file. */
    String node() {
        return where.substring(where.lastIndexOf(": ") + 2);
    }

    /** Returns the vector's length, or -1 while an input's length is unknown. */
    long units() {
        GraphInput input = lengthOf();
        return input == null ? sized().units : input.units();
    }

    /** Returns the input that determines the length, or null if the length is known. */
    @Nullable
    GraphInput lengthOf() {
        Expression expr = sized();
        return expr.is(Kind.INPUT) ? expr.data(GraphInput.class) : null;
    }

    private Expression sized() {
        Expression expr = this;
        while (expr.units < 0 && !expr.is(Kind.INPUT) && !expr.is(Kind.CONCAT)) {
            expr = expr.below();
        }
        return expr;
    }

    /** Returns the model's input behind operations that preserve the axes, or null. */
    @Nullable
    GraphInput input() {
        Expression expr = this;
        while (!expr.is(Kind.INPUT)) {
            boolean through = expr.is(Kind.AT) || expr.is(Kind.AFFINE) || expr.is(Kind.ACTIVATION);
            if (!through) {
                return expr.is(Kind.ADD) || expr.is(Kind.MULTIPLY) ? expr.common : null;
            }
            expr = expr.below();
        }
        return expr.data(GraphInput.class);
    }

    /**
     * A recurrent operator's layer: the node, the spec, and the parameters with our names. Two nodes with equal weights
     * are two layers, because each has a state of its own.
     */
    record RecurrentLayer(String where, ObjectNode spec, Map<String, Weights> weights) {}
}
