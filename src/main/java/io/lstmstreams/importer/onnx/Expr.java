package io.lstmstreams.importer.onnx;

import java.util.List;
import java.util.Map;

/**
 * A vector as a function of the vectors of one step. Made by {@link Exprs} only, so that two equal ones are the same object.
 */
final class Expr {
    /** What makes the vector; in brackets what {@code data} is. */
    enum Kind {
        /** An input of the model (GraphInput). */
        INPUT,
        /** Always the same (Weights). */
        CONSTANT,
        /** W x + b (Dense). */
        DENSE,
        /** A function of each element, or softmax (Activation). */
        ACTIVATION,
        /** A sum, of two or more. */
        ADD,
        /** A product, element by element, of two. */
        MULTIPLY,
        /** One after the other. */
        CONCAT,
        /** A part (Range). */
        SLICE,
        /** scale * x + shift, element by element (Affine). */
        AFFINE,
        /** Batch normalisation (BatchNorm). */
        BATCH_NORM,
        /** Layer normalisation (LayerNorm). */
        LAYER_NORM,
        /** A row of a table (Weights). */
        EMBEDDING,
        /** One 1 among zeros (the length, a Long). */
        ONE_HOT,
        /** The output of a recurrent layer (RecurrentLayer). */
        CELL,
        /** The other state, c, of a recurrent layer, which is below. */
        CELL_STATE,
        /** What is below at one place of an axis (Place). */
        AT,
        /** Several along a new axis (Axis). */
        STACK,
        /** The mean of the elements. */
        MEAN,
        /** The root of each element. */
        ROOT
    }

    /** A matrix [outputs, inputs], and a bias or null. */
    record Dense(Weights weight, Weights bias) {}

    /** Some of the elements. */
    record Range(int offset, int length) {}

    /** Vectors, or single numbers for all elements. */
    record Affine(Weights scale, Weights shift) {}

    /** The parameters of a batch normalisation. */
    record BatchNorm(Weights weight, Weights bias, Weights mean, Weights variance, float epsilon) {}

    /** The parameters of a layer normalisation; those left out are null. */
    record LayerNorm(Weights weight, Weights bias, float epsilon) {}

    /** One place of an axis; -1 is the last one of an open axis. */
    record Place(Axis axis, long index) {
        /** Whether it is the last one. */
        boolean isLast() {
            return index == -1 || (axis.size() >= 0 && index == axis.size() - 1);
        }
    }

    private final Kind kind;
    private final int id;
    private final int depth;
    private final List<Expr> of;
    private final Object data;
    private final long units;
    private final String where;
    private final GraphInput common;

    Expr(Kind kind, int id, List<Expr> of, Object data, long units, String where) {
        this.kind = kind;
        this.id = id;
        this.of = of;
        this.data = data;
        this.units = units;
        this.where = where;
        int deepest = 0;
        for (Expr part : of) {
            deepest = Math.max(deepest, part.depth);
        }
        this.depth = deepest + 1;
        this.common = common(of);
    }

    /** The input that each part is, or null. */
    private static GraphInput common(List<Expr> of) {
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

    /** What it is made of. */
    List<Expr> of() {
        return of;
    }

    /** The only thing, or the first, that it is made of. */
    Expr below() {
        return of.get(0);
    }

    <T> T data(Class<T> type) {
        return type.cast(data);
    }

    Object data() {
        return data;
    }

    /** The node that made it first, for errors. */
    String where() {
        return where;
    }

    /** Its length, or -1 as long as it is not known of an input. */
    long units() {
        GraphInput input = lengthOf();
        return input == null ? sized().units : input.units();
    }

    /** The input that is as long, and says how long; null if the length is known of itself. */
    GraphInput lengthOf() {
        Expr expr = sized();
        return expr.is(Kind.INPUT) ? expr.data(GraphInput.class) : null;
    }

    private Expr sized() {
        Expr expr = this;
        while (expr.units < 0 && !expr.is(Kind.INPUT) && !expr.is(Kind.CONCAT)) {
            expr = expr.below();
        }
        return expr;
    }

    /** The input that it is, seen through what does not change which axis is which; null if it is made otherwise. */
    GraphInput input() {
        Expr expr = this;
        while (!expr.is(Kind.INPUT)) {
            boolean through = expr.is(Kind.AT) || expr.is(Kind.AFFINE) || expr.is(Kind.ACTIVATION);
            if (!through) {
                return expr.is(Kind.ADD) || expr.is(Kind.MULTIPLY) ? expr.common : null;
            }
            expr = expr.below();
        }
        return expr.data(GraphInput.class);
    }

    /** A recurrent operator's layer: what it is and its parameters in our names, and the node. */
    record RecurrentLayer(
            String where, com.fasterxml.jackson.databind.node.ObjectNode spec, Map<String, Weights> weights) {}
}
