package io.lstmstreams.modelfile.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A named array of numbers.
 *
 * @param name the tensor's name, unique in its file
 * @param shape the sizes of the dimensions, outermost first; empty for a single number
 * @param values finite numbers in row-major order (the last dimension varies fastest)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Tensor(String name, long[] shape, float[] values) {

    /** Returns the shape as text, such as {@code [256, 64]}. */
    public String shapeText() {
        return text(shape);
    }

    /** Returns a shape as text, such as {@code [256, 64]}. */
    public static String text(long... shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Returns whether the tensor has this shape. */
    public boolean hasShape(long... expected) {
        return Arrays.equals(shape, expected);
    }
}
