package io.lstmstreams.recurrent;

/**
 * The hashes of the ids of a sequence's last events, by which repeated events are recognised. Mutable, not thread-safe.
 */
public final class RecentEvents {
    /** The maximum number of ids: each further id replaces the oldest one. */
    public static final int CAPACITY = 32;

    private long[] ids = {}; // [CAPACITY], a ring; empty until the first id is added
    private int oldest; // the index of the oldest id in the ring
    private int size;

    RecentEvents() {}

    /** Removes all ids. */
    public void clear() {
        oldest = 0;
        size = 0;
    }

    /** Returns the number of ids, 0 to {@link #CAPACITY}. */
    public int size() {
        return size;
    }

    /** Returns the hash of an id; position 0 is the oldest. */
    public long get(int position) {
        return ids[(oldest + position) % CAPACITY];
    }

    /** Returns whether the hash of an id is one of these. */
    public boolean contains(long id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) { // the ring is filled from index 0, so the first entries are all ids
                return true;
            }
        }
        return false;
    }

    /** Adds the hash of an id. */
    public void add(long id) {
        if (ids.length == 0) {
            ids = new long[CAPACITY];
        }
        if (size < CAPACITY) {
            ids[size++] = id;
        } else {
            ids[oldest] = id;
            oldest = (oldest + 1) % CAPACITY;
        }
    }
}
