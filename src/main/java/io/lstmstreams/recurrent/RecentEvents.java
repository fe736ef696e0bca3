package io.lstmstreams.recurrent;

/**
 * The last events of a sequence by their ids, so that one that comes twice is recognised. Mutable, not thread-safe.
 */
public final class RecentEvents {
    /** How many are remembered; an older one goes for each new one. */
    public static final int MOST = 32;

    private long[] ids; // [MOST], a ring; null until there is one
    private int oldest;
    private int size;

    RecentEvents() {}

    /** Forgets all. */
    public void clear() {
        oldest = 0;
        size = 0;
    }

    /** How many are remembered, 0 to {@link #MOST}. */
    public int size() {
        return size;
    }

    /** The hash of an id; position 0 is the oldest. */
    public long get(int position) {
        return ids[(oldest + position) % MOST];
    }

    /** Whether this one is among them. */
    public boolean contains(long id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) { // the ring is filled from its begin, so the first ones are all of them
                return true;
            }
        }
        return false;
    }

    /** Remembers one more. */
    public void add(long id) {
        if (ids == null) {
            ids = new long[MOST];
        }
        if (size < MOST) {
            ids[size++] = id;
        } else {
            ids[oldest] = id;
            oldest = (oldest + 1) % MOST;
        }
    }
}
