package io.lstmstreams.importer.onnx;

import java.util.List;

/**
 * An axis of the tensors in a graph, such as time or the sequences of a batch. It is known by identity: two axes of the same
 * size are two. An axis of a tensor is a list of these, as tensors are reshaped: two where both were merged, none where its
 * size is 1.
 */
final class Axis {
    private final String name;
    private final long size;
    private final String input;

    /**
     * Makes one.
     *
     * @param name for errors
     * @param size elements along it, or -1 if the graph leaves it open
     * @param input the model's input that it is an axis of, or an empty text
     */
    Axis(String name, long size, String input) {
        this.name = name;
        this.size = size;
        this.input = input;
    }

    /** The axis of the vectors that some operation makes. */
    static Axis ofFeatures(long size) {
        return new Axis("features", size, "");
    }

    /** Whether both may be the same, as far as one can tell of axes of two inputs: nothing in a graph says which are. */
    boolean mayBe(Axis other) {
        boolean ofTwoInputs = !input.isEmpty() && !other.input.isEmpty() && !input.equals(other.input);
        return this == other || (ofTwoInputs && (size < 0 || other.size < 0 || size == other.size));
    }

    long size() {
        return size;
    }

    /** Whether there is nothing but one element along it. */
    boolean isSingle() {
        return size == 1;
    }

    /** The number of elements along all of them, or -1 if unknown. */
    static long size(List<Axis> axes) {
        long size = 1;
        for (Axis axis : axes) {
            if (axis.size < 0) {
                return -1;
            }
            size *= axis.size;
        }
        return size;
    }

    /** Without those of size 1. */
    static List<Axis> significant(List<Axis> axes) {
        return axes.stream().filter(axis -> !axis.isSingle()).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
