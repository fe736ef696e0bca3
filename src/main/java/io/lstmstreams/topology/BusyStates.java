package io.lstmstreams.topology;

import io.lstmstreams.recurrent.SequenceState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the decoded states of the sequences that advanced last. The store's record cache returns the same array
 * that was put, and nobody writes to a stored array. So the same array means the same state, and a state that was
 * restored, moved or changed in any other way is never taken for an older one. Not thread-safe.
 */
final class BusyStates {
    private static final int MAX_STATES = 4_000;
    private static final long MAX_BYTES = 16L << 20;

    private final int minStates;
    private final int maxStates;
    private final Map<Bytes, Busy> busy = new LinkedHashMap<>(); // the oldest first
    private long bytes;

    /**
     * A decoded state.
     *
     * @param stored the bytes that it was encoded to
     * @param model the model that it belongs to
     * @param state the decoded state
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity
    record Busy(byte[] stored, TaskModel model, SequenceState state) {}

    /** @param minStates the number of states that always fit, however large they are */
    BusyStates(int minStates) {
        this(minStates, MAX_STATES);
    }

    BusyStates(int minStates, int maxStates) {
        this.minStates = minStates;
        this.maxStates = maxStates;
    }

    /**
     * Removes the state that stored bytes decode to. The caller owns the state from now on.
     *
     * @return null if the state is not in the cache
     */
    @Nullable
    Busy take(Bytes key, byte[] stored) {
        Busy found = remove(key);
        if (found == null || found.stored() == stored) {
            return found;
        }
        found.model().release(found.state());
        return null;
    }

    /** Adds a state that was just stored, and releases the oldest states if there are too many. */
    void put(Bytes key, byte[] stored, TaskModel model, SequenceState state) {
        Busy before = busy.put(key, new Busy(stored, model, state));
        bytes += model.stateBytes() - (before == null ? 0 : before.model().stateBytes());
        while (busy.size() > maxStates || busy.size() > minStates && bytes > MAX_BYTES) {
            Busy oldest = remove(busy.keySet().iterator().next());
            if (oldest != null) {
                oldest.model().release(oldest.state());
            }
        }
    }

    private @Nullable Busy remove(Bytes key) {
        Busy found = busy.remove(key);
        if (found != null) {
            bytes -= found.model().stateBytes();
        }
        return found;
    }

    /** Removes all states. */
    void clear() {
        busy.clear();
        bytes = 0;
    }
}
