package io.lstmstreams.trace;

import io.lstmstreams.recurrent.SparseInput;
import java.util.Arrays;

/** Some steps of a sequence in a row and the state before them, from which they can be made again. Not thread-safe. */
final class Segment {
    /** How many steps it holds at most. */
    static final int STEPS = 64;

    private static final int FEW = 8;

    final long first;
    final byte[] before;
    SparseInput[] inputs = new SparseInput[FEW];
    long[] times = new long[FEW];
    float[] probabilities = new float[FEW]; // NaN for an event that was not scored
    int size;

    /**
     * @param first the number of its first step
     * @param before the state that this step met, as it was stored; null where the sequence began with it
     */
    Segment(long first, byte[] before) {
        this.first = first;
        this.before = before;
    }

    boolean isFull() {
        return size == STEPS;
    }

    void add(SparseInput input, long time, float probability) {
        if (size == inputs.length) {
            int more = Math.min(STEPS, 2 * size);
            inputs = Arrays.copyOf(inputs, more);
            times = Arrays.copyOf(times, more);
            probabilities = Arrays.copyOf(probabilities, more);
        }
        inputs[size] = input;
        times[size] = time;
        probabilities[size] = probability;
        size++;
    }
}
