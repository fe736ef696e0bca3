package io.lstmstreams.kernel;

/** The check of a matrix's shape, made when the matrix is packed. */
final class Shape {

    private Shape() {}

    /** Throws {@link IllegalArgumentException} unless {@code weights} holds {@code rows * columns} values. */
    static void check(int rows, int columns, float[] weights) {
        if (rows < 1 || columns < 1 || (long) rows * columns != weights.length) {
            throw new IllegalArgumentException(
                    "%d values cannot fill a matrix of %d x %d".formatted(weights.length, rows, columns));
        }
    }
}
