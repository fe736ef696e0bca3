package io.lstmstreams.topology;

import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.utils.Bytes;

/**
 * How many sequences of a task have a state and have not ended. RocksDB has only an estimate that is off by a multiple where states
 * change often, so they are counted once, by whoever looks through the states anyway, some at a time; from there on each change
 * counts. Exact when that first look is through, and until then what has been seen. Belongs to a task.
 */
final class LiveSequences {
    private final LongAdder total;
    private long own;
    private Bytes from; // what lies before it has been counted; null for nothing yet
    private boolean complete;

    /** @param total of all tasks */
    LiveSequences(LongAdder total) {
        this.total = total;
    }

    /** Takes note of a state that the first look has come to. */
    void seen(byte[] stored) {
        if (!complete) {
            add(SequenceQueries.isThere(stored) ? 1 : 0);
        }
    }

    /**
     * Takes note of how far the first look is.
     *
     * @param next the key that it goes on with; null if it is through
     */
    void reached(Bytes next) {
        complete |= next == null;
        from = next;
    }

    boolean isComplete() {
        return complete;
    }

    /** Takes note of a change. What the first look will come to counts then. */
    void changed(Bytes key, byte[] before, boolean livesOn) {
        if (complete || from != null && key.compareTo(from) < 0) {
            add((livesOn ? 1 : 0) - (SequenceQueries.isThere(before) ? 1 : 0));
        }
    }

    private void add(int change) {
        if (change != 0) {
            own += change;
            total.add(change);
        }
    }

    /** The task is somebody else's from here on; should it come back, it is counted anew. */
    void close() {
        total.add(-own);
        own = 0;
        from = null;
        complete = false;
    }
}
