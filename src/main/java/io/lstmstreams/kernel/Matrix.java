package io.lstmstreams.kernel;

/** An immutable matrix packed by a {@link Kernel}; safe for any number of threads. */
public interface Matrix {

    /** Returns the number of rows: the length of the product. */
    int rows();

    /** Returns the number of columns: the length of the vector that this matrix is multiplied with. */
    int columns();

    /**
     * Computes {@code y[r] = base[offset + r] + sum over k of W[r][k] * x[k]} for every row r.
     *
     * @param x the vector, at least {@link #columns()} values
     * @param base the summands, at least {@code offset +} {@link #rows()} values: a bias, a row of an input table, or
     *     {@code y} itself
     * @param offset the index in {@code base} of row 0
     * @param y the product, at least {@link #rows()} values, overwritten; must not be {@code x}
     */
    void multiply(float[] x, float[] base, int offset, float[] y);

    /**
     * Computes the product with several vectors, and reads the weights once for all of them. Each product equals that
     * of the other method to the last bit, for any count and any other vectors.
     *
     * @param count the number of vectors, at least 1
     * @param x {@code [count]} vectors
     * @param bases {@code [count]} arrays, one added to each product; may be one array several times, or the arrays of
     *     {@code y}
     * @param offsets {@code [count]} indexes of row 0, one in each base
     * @param y {@code [count]} products, overwritten; distinct arrays, none of them in {@code x}
     */
    default void multiply(int count, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        for (int i = 0; i < count; i++) {
            multiply(x[i], bases[i], offsets[i], y[i]);
        }
    }
}
