package io.lstmstreams.importer.onnx;

import java.util.List;

/**
 * An axis of the tensors in a graph, such as time or the sequences of a batch. Axes are compared by identity, not by
 * size. A dimension of a tensor is a list of axes, because tensors are reshaped: two axes that were merged, or none for
 * a size of 1.
 */
final class Axis {
    /** The axis whose size is the length of the sequence, as an input of lengths states it. */
    static final Axis LENGTH = new Axis("length", -1, "");

    private final String name;
    private final long size;
    private final String input;

    /**
     * Creates an axis.
     *
     * @param name the name in errors
     * @param size the number of elements, or -1 if the graph leaves it open
     * @param input the model's input that has the axis, or an empty text
     */
    Axis(String name, long size, String input) {
        this.name = name;
        this.size = size;
        this.input = input;
    }

    /** Creates the axis of the vectors that an operation computes. */
    static Axis ofFeatures(long size) {
        return new Axis("features", size, "");
    }

    /** Returns whether both may be the same axis: a graph does not state which axes of two inputs are the same. */
    boolean mayBe(Axis other) {
        boolean ofTwoInputs = !input.isEmpty() && !other.input.isEmpty() && !input.equals(other.input);
        return this == other || (ofTwoInputs && (size < 0 || other.size < 0 || size == other.size));
    }

    long size() {
        return size;
    }

    /** Returns whether the axis has one element. */
    boolean isSingle() {
        return size == 1;
    }

    /** Returns the product of the axes' sizes, or -1 if unknown. */
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

    /** Returns the axes without those of size 1. */
    static List<Axis> significant(List<Axis> axes) {
        return axes.stream().filter(axis -> !axis.isSingle()).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
