package io.lstmstreams.recurrent;

import java.util.Arrays;

/**
 * An input vector, stored as the indexes and values of the elements that are not zero. A one-hot vector has one such
 * element, a vector of fields has a few. A dense vector is stored as its values alone. Immutable.
 */
public final class SparseInput {
    /** The {@link #eventIndex()} of an event that has no index. */
    public static final int NO_EVENT = -1;

    /** The input index of an entry that is not used. */
    public static final int UNUSED = -1;

    private static final int[] NO_INDEXES = {};
    private static final float[] ONE = {1f};

    private final int event;
    private final boolean dense;
    private final int[] indexes; // in any order; empty for a dense vector
    private final float[] values; // [indexes], or [length of x] for a dense vector

    private SparseInput(int event, boolean dense, int[] indexes, float[] values) {
        this.event = event;
        this.dense = dense;
        this.indexes = indexes;
        this.values = values;
    }

    /**
     * Returns the one-hot vector whose element {@code index} is 1.
     *
     * @throws IllegalArgumentException if the index is negative
     */
    public static SparseInput oneHot(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("a one-hot index must be at least 0, but is " + index);
        }
        return new SparseInput(index, false, new int[] {index}, ONE);
    }

    /** Returns a dense vector, which uses the array without a copy. */
    public static SparseInput dense(float[] values) {
        return dense(NO_EVENT, values);
    }

    /**
     * Returns a dense vector of an event that has an index. The vector uses the array without a copy.
     *
     * @param event the event's index in the vocabulary
     */
    public static SparseInput dense(int event, float[] values) {
        return new SparseInput(event, true, NO_INDEXES, values);
    }

    /**
     * Returns a vector whose other elements are 0. The vector uses the arrays without a copy.
     *
     * @param event the event's index in the vocabulary, or {@link #NO_EVENT}
     * @param indexes the input indexes of the elements that are not 0, each once; {@link #UNUSED} for an entry to
     *     ignore
     * @param values the values of these elements
     */
    public static SparseInput sparse(int event, int[] indexes, float[] values) {
        return new SparseInput(event, false, indexes, values);
    }

    /** Returns a copy with another value in one entry. */
    public SparseInput withValue(int entry, float value) {
        float[] changed = values.clone();
        changed[entry] = value;
        return new SparseInput(event, dense, indexes, changed);
    }

    /** Returns the vector of zeros. */
    static SparseInput zeros() {
        return sparse(NO_EVENT, NO_INDEXES, new float[0]);
    }

    /** Returns the event's index in the vocabulary, or {@link #NO_EVENT}. */
    public int eventIndex() {
        return event;
    }

    /** Returns whether the vector is stored as its values alone. */
    boolean isDense() {
        return dense;
    }

    /** Returns the input indexes of the elements that are not 0; empty for a dense vector. */
    int[] indexes() {
        return indexes;
    }

    /** Returns the values at {@link #indexes()}, or all elements of a dense vector. */
    float[] values() {
        return values;
    }

    /**
     * Returns whether every element has this value.
     *
     * @param size the length of the vector
     */
    boolean isEverywhere(float value, int size) {
        int stored = 0;
        for (int k = 0; k < values.length; k++) {
            if (dense || indexes[k] != UNUSED) {
                if (values[k] != value) {
                    return false;
                }
                stored++;
            }
        }
        return stored == size || value == 0f;
    }

    /** Writes the whole vector into an array. */
    void writeTo(float[] x) {
        if (dense) {
            System.arraycopy(values, 0, x, 0, x.length);
            return;
        }
        Arrays.fill(x, 0f);
        for (int k = 0; k < indexes.length; k++) {
            if (indexes[k] != UNUSED) {
                x[indexes[k]] = values[k];
            }
        }
    }
}
