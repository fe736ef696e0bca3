package io.lstmstreams.kernel;

/** The one check of this package: what a model hands over, before it is packed. */
final class Shape {

    private Shape() {}

    /** Throws {@link IllegalArgumentException} unless {@code weights} holds {@code rows * columns} values. */
    static void check(int rows, int columns, float[] weights) {
        if (rows < 1 || columns < 1 || (long) rows * columns != weights.length) {
            throw new IllegalArgumentException(
                    "%d values can't be a matrix of %d x %d".formatted(weights.length, rows, columns));
        }
    }
}
