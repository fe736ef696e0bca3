package io.lstmstreams.recurrent;

import java.util.Arrays;

/**
 * The last events of a sequence, as indexes and values of the input vector. Mutable and not thread-safe. A window
 * allocates nothing after its creation.
 */
public final class EventWindow {
    /** The window of a network that carries its state from event to event. It has no place for an event. */
    static final EventWindow NONE = new EventWindow(0, InputShape.dense(1));

    private final int[][] indexes; // [capacity][entries], a ring; SparseInput.UNUSED in unused entries
    private final float[][] values; // [capacity][entries], the same ring
    private final SparseInput[] events; // [capacity], each a view of its row in both arrays
    private int oldest; // the index of the oldest event in the ring
    private int size;

    /** Creates an empty window of at most {@code capacity} events. */
    EventWindow(int capacity, InputShape input) {
        boolean dense = input.encoding() == InputEncoding.DENSE || input.encoding() == InputEncoding.INDEX;
        indexes = new int[capacity][dense ? 0 : input.entries()];
        values = new float[capacity][input.entries()];
        events = new SparseInput[capacity];
        for (int i = 0; i < capacity; i++) {
            events[i] = dense
                    ? SparseInput.dense(values[i])
                    : SparseInput.sparse(SparseInput.NO_EVENT, indexes[i], values[i]);
        }
    }

    /** Returns the maximum number of events; 0 for a network that carries its state from event to event. */
    public int capacity() {
        return events.length;
    }

    /** Returns the number of events. */
    public int size() {
        return size;
    }

    /** Removes every event. */
    public void clear() {
        if (size > 0) { // threads share the window without a place
            oldest = 0;
            size = 0;
        }
    }

    /**
     * Makes room for one more event, in the last position, whose indexes and values the caller must overwrite. Removes
     * the oldest event if the window is full.
     */
    public void makeRoom() {
        if (size == capacity()) {
            oldest = ringIndex(1);
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
    public int[] indexes(int position) {
        return indexes[ringIndex(position)];
    }

    /**
     * Returns the input values of an event, at the indexes of {@link #indexes}.
     *
     * @param position the event's position, the oldest event at 0
     * @return the live array, not a copy
     */
    public float[] values(int position) {
        return values[ringIndex(position)];
    }

    /** Adds an event in the last position. Removes the oldest event if the window is full. */
    void add(SparseInput input) {
        makeRoom();
        int[] toIndexes = indexes(size - 1);
        float[] toValues = values(size - 1);
        if (toIndexes.length > 0) {
            int[] from = input.indexes();
            System.arraycopy(from, 0, toIndexes, 0, from.length);
            Arrays.fill(toIndexes, from.length, toIndexes.length, SparseInput.UNUSED);
        }
        System.arraycopy(input.values(), 0, toValues, 0, input.values().length);
        Arrays.fill(toValues, input.values().length, toValues.length, 0f);
    }

    /** Returns the event at a position, the oldest event at 0: a view of this window, not a copy. */
    SparseInput get(int position) {
        return events[ringIndex(position)];
    }

    private int ringIndex(int position) {
        return (oldest + position) % capacity();
    }
}
