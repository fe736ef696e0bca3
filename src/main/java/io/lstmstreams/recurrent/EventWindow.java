package io.lstmstreams.recurrent;

import java.util.Arrays;

/**
 * The last events of a sequence, as lines and values of the input vector. Mutable, not thread-safe, and free of allocation
 * once it is there.
 */
public final class EventWindow {
    private final int[][]
            lines; // [capacity][entries], a ring; {@link SparseInput#UNUSED} for entries that an event lacks
    private final float[][] values; // [capacity][entries], the same ring
    private final SparseInput[] events; // [capacity], views of the two
    private int oldest;
    private int size;

    EventWindow(int capacity, InputShape input) {
        boolean dense = input.encoding() == InputEncoding.DENSE || input.encoding() == InputEncoding.INDEX;
        lines = new int[capacity][dense ? 0 : input.entries()];
        values = new float[capacity][input.entries()];
        events = new SparseInput[capacity];
        for (int i = 0; i < capacity; i++) {
            events[i] =
                    dense ? SparseInput.dense(values[i]) : SparseInput.lines(SparseInput.DENSE, lines[i], values[i]);
        }
    }

    /** The most events that it holds. */
    public int capacity() {
        return events.length;
    }

    /** How many events it holds. */
    public int size() {
        return size;
    }

    /** Forgets every event. */
    public void clear() {
        oldest = 0;
        size = 0;
    }

    /** Makes room for one more event, for which the oldest one goes if there is none; its place is the last one then. */
    public void grow() {
        if (size == capacity()) {
            oldest = place(1);
        } else {
            size++;
        }
    }

    /** Which lines of the input an event fills, the oldest event first: the live array; empty for dense input. */
    public int[] lines(int position) {
        return lines[place(position)];
    }

    /** What those lines hold: the live array. */
    public float[] values(int position) {
        return values[place(position)];
    }

    void add(SparseInput input) {
        grow();
        int[] toLines = lines(size - 1);
        float[] toValues = values(size - 1);
        if (toLines.length > 0) {
            int[] from = input.lines();
            System.arraycopy(from, 0, toLines, 0, from.length);
            Arrays.fill(toLines, from.length, toLines.length, SparseInput.UNUSED);
        }
        System.arraycopy(input.values(), 0, toValues, 0, input.values().length);
        Arrays.fill(toValues, input.values().length, toValues.length, 0f);
    }

    SparseInput get(int position) {
        return events[place(position)];
    }

    private int place(int position) {
        return (oldest + position) % capacity();
    }
}
