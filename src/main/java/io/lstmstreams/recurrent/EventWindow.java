package io.lstmstreams.recurrent;

import java.util.Arrays;

/**
 * The last events of a sequence, as indexes and values of the input vector. Mutable and not thread-safe. Allocates
 * nothing after its creation.
 */
public final class EventWindow {
    private final int[][] indexes; // [capacity][entries], a ring; {@link SparseInput#UNUSED} in entries without meaning
    private final float[][] values; // [capacity][entries], the same ring
    private final SparseInput[] events; // [capacity], views of both arrays
    private int oldest;
    private int size;

    EventWindow(int capacity, InputShape input) {
        boolean dense = input.encoding() == InputEncoding.DENSE || input.encoding() == InputEncoding.INDEX;
        indexes = new int[capacity][dense ? 0 : input.entries()];
        values = new float[capacity][input.entries()];
        events = new SparseInput[capacity];
        for (int i = 0; i < capacity; i++) {
            events[i] =
                    dense ? SparseInput.dense(values[i]) : SparseInput.lines(SparseInput.DENSE, indexes[i], values[i]);
        }
    }

    /** Returns the maximum number of events. */
    public int capacity() {
        return events.length;
    }

    /** Returns the number of events. */
    public int size() {
        return size;
    }

    /** Removes every event. */
    public void clear() {
        oldest = 0;
        size = 0;
    }

    /** Makes room for one more event, in the last position. Removes the oldest event if the window is full. */
    public void grow() {
        if (size == capacity()) {
            oldest = ring(1);
        } else {
            size++;
        }
    }

    /**
     * Returns the input indexes that an event fills.
     *
     * @param position the event's position, the oldest event at 0
     * @return the live array, not a copy; empty for dense input
     */
    public int[] lines(int position) {
        return indexes[ring(position)];
    }

    /**
     * Returns the input values of an event, at the indexes of {@link #lines}.
     *
     * @param position the event's position, the oldest event at 0
     * @return the live array, not a copy
     */
    public float[] values(int position) {
        return values[ring(position)];
    }

    void add(SparseInput input) {
        grow();
        int[] toIndexes = lines(size - 1);
        float[] toValues = values(size - 1);
        if (toIndexes.length > 0) {
            int[] from = input.lines();
            System.arraycopy(from, 0, toIndexes, 0, from.length);
            Arrays.fill(toIndexes, from.length, toIndexes.length, SparseInput.UNUSED);
        }
        System.arraycopy(input.values(), 0, toValues, 0, input.values().length);
        Arrays.fill(toValues, input.values().length, toValues.length, 0f);
    }

    SparseInput get(int position) {
        return events[ring(position)];
    }

    private int ring(int position) {
        return (oldest + position) % capacity();
    }
}
