package io.lstmstreams.trace;

import io.lstmstreams.recurrent.SparseInput;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Consecutive steps of a sequence, and the state from which they can be computed again. Not thread-safe. */
final class Segment {
    /** The maximum number of steps. */
    static final int STEPS = 64;

    private static final int INITIAL_CAPACITY = 8;

    final long first;
    final byte @Nullable [] before;
    SparseInput[] inputs = new SparseInput[INITIAL_CAPACITY];
    long[] times = new long[INITIAL_CAPACITY];
    float[] probabilities = new float[INITIAL_CAPACITY]; // NaN for an event without a score
    int size;

    /**
     * @param first the number of the first step
     * @param before the stored state before that step; null for the first step of a sequence
     */
    Segment(long first, byte @Nullable [] before) {
        this.first = first;
        this.before = before;
    }

    boolean isFull() {
        return size == STEPS;
    }

    void add(SparseInput input, long time, float probability) {
        if (size == inputs.length) {
            int capacity = Math.min(STEPS, 2 * size);
            inputs = Arrays.copyOf(inputs, capacity);
            times = Arrays.copyOf(times, capacity);
            probabilities = Arrays.copyOf(probabilities, capacity);
        }
        inputs[size] = input;
        times[size] = time;
        probabilities[size] = probability;
        size++;
    }
}
