package io.lstmstreams.kernel;

/** An immutable matrix packed by a {@link Kernel}; safe for any number of threads. */
public interface Matrix {

    /** The number of rows: the length of the product. */
    int rows();

    /** The number of columns: the length of the vector that this matrix is multiplied with. */
    int columns();

    /**
     * {@code y[r] = base[offset + r] + sum over k of W[r][k] * x[k]}, for every row r.
     *
     * @param x at least {@link #columns()} values
     * @param base at least {@code offset +} {@link #rows()} values: a bias, a row of an input table, or {@code y} itself
     * @param offset where the base begins in its array
     * @param y at least {@link #rows()} values, overwritten; must not be {@code x}
     */
    void multiply(float[] x, float[] base, int offset, float[] y);

    /**
     * The product with several vectors, for which the weights are read once. Each result is that of the other method, to the
     * last bit, whatever the count and whatever stands beside it.
     *
     * @param count how many vectors, 1 or more
     * @param x {@code [count]} vectors
     * @param bases {@code [count]}: what is added to each; may be the same array, or {@code y}'s own
     * @param offsets {@code [count]}: where each base begins in its array
     * @param y {@code [count]} products, overwritten; all of them differ, and none is one of {@code x}
     */
    default void multiply(int count, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        for (int i = 0; i < count; i++) {
            multiply(x[i], bases[i], offsets[i], y[i]);
        }
    }
}
