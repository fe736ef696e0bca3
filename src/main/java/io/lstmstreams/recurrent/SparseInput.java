package io.lstmstreams.recurrent;

/**
 * Which lines of the input vector are hot. A one-hot vector is an index, never an array; a dense one is its values.
 * Immutable.
 */
public final class SparseInput {
    /** What {@link #index()} says of a dense input. */
    public static final int DENSE = -1;

    private final int index;
    private final float[] values; // [inputSize], or null for one-hot

    private SparseInput(int index, float[] values) {
        this.index = index;
        this.values = values;
    }

    /**
     * The one-hot vector whose line {@code index} is 1.
     *
     * @throws IllegalArgumentException if the index is negative
     */
    public static SparseInput oneHot(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("a one-hot index is 0 or more, not " + index);
        }
        return new SparseInput(index, null);
    }

    /** A vector of numbers, taken without a copy. */
    public static SparseInput dense(float[] values) {
        return new SparseInput(DENSE, values);
    }

    /** The hot line, or {@link #DENSE}. */
    public int index() {
        return index;
    }

    /** The values of a dense input; null for a one-hot one. */
    float[] values() {
        return values;
    }
}
