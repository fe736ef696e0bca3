package io.lstmstreams.recurrent;

import java.util.Arrays;

/**
 * Which lines of the input vector are not zero, and what they hold. A one-hot vector is an index, never an array; a dense
 * one is its values; fields side by side are a few lines. Immutable.
 */
public final class SparseInput {
    /** What {@link #index()} says of an event that has none. */
    public static final int DENSE = -1;

    /** A line that is none: an entry of no meaning. */
    public static final int UNUSED = -1;

    private static final float[] ONE = {1f};

    private final int event;
    private final int[] lines; // ascending or not; null for all of them
    private final float[] values; // [lines]

    private SparseInput(int event, int[] lines, float[] values) {
        this.event = event;
        this.lines = lines;
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
        return new SparseInput(index, new int[] {index}, ONE);
    }

    /** A vector of numbers, taken without a copy. */
    public static SparseInput dense(float[] values) {
        return dense(DENSE, values);
    }

    /**
     * A vector of numbers that stands for an event with an index; taken without a copy.
     *
     * @param event the event's index in the vocabulary
     */
    public static SparseInput dense(int event, float[] values) {
        return new SparseInput(event, null, values);
    }

    /**
     * Some lines of a vector whose others are 0; taken without a copy.
     *
     * @param event the event's index in the vocabulary, or {@link #DENSE}
     * @param lines which lines, each once
     * @param values what they hold
     */
    public static SparseInput lines(int event, int[] lines, float[] values) {
        return new SparseInput(event, lines, values);
    }

    /** The same with another value in one of its entries. */
    public SparseInput withValue(int entry, float value) {
        float[] changed = values.clone();
        changed[entry] = value;
        return new SparseInput(event, lines, changed);
    }

    /** All zeros. */
    static SparseInput zeros() {
        return new SparseInput(DENSE, new int[0], new float[0]);
    }

    /** The event's index in the vocabulary, or {@link #DENSE}. */
    public int index() {
        return event;
    }

    /** Which lines are not 0; null if all may be. */
    int[] lines() {
        return lines;
    }

    /** What the lines hold. */
    float[] values() {
        return values;
    }

    /** Writes the whole vector. */
    void writeTo(float[] x) {
        if (lines == null) {
            System.arraycopy(values, 0, x, 0, x.length);
            return;
        }
        Arrays.fill(x, 0f);
        for (int k = 0; k < lines.length; k++) {
            if (lines[k] != UNUSED) {
                x[lines[k]] = values[k];
            }
        }
    }
}
