package io.lstmstreams.topology;

import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;

/**
 * States of the sequences that were stepped last, as numbers, beside the store that has their bytes. A store with Kafka's
 * record cache hands out the very array that was put, and nobody writes to a stored array: so the same array says that the
 * numbers still hold, and a state that was restored, moved or changed in any other way is never taken for an older one.
 * Belongs to a processor.
 */
final class BusyStates {
    /** How many a task keeps at most, and what they may weigh with their logits. */
    private static final int STATES = 4_000;

    private static final long BYTES = 16L << 20;

    private final Supplier<SequenceState> newState;
    private final int capacity;
    private final Map<Bytes, Busy> busy = new LinkedHashMap<>(); // the one that was kept longest ago comes first
    private final Deque<SequenceState> spare = new ArrayDeque<>(); // states of no sequence, to be filled anew

    private record Busy(byte[] stored, SequenceState state) {}

    /**
     * For the states of a model.
     *
     * @param least how many are kept in any case, however large they are
     */
    static BusyStates of(Model model, int least) {
        long bytes = StateCodec.bytesPerSequence(model) + (long) model.firstHeadOutputs() * Float.BYTES;
        return new BusyStates(() -> new SequenceState(model), (int) Math.max(least, Math.min(STATES, BYTES / bytes)));
    }

    /** @param capacity how many states are kept at most */
    BusyStates(Supplier<SequenceState> newState, int capacity) {
        this.newState = newState;
        this.capacity = capacity;
    }

    /**
     * The state that these bytes stand for. It is the caller's from here on.
     *
     * @return null if it is not here
     */
    SequenceState take(Bytes key, byte[] stored) {
        Busy found = busy.remove(key);
        if (found == null) {
            return null;
        }
        if (found.stored() == stored) {
            return found.state();
        }
        release(found.state());
        return null;
    }

    /** A state of zeros. */
    SequenceState blank() {
        SequenceState state = spare.isEmpty() ? newState.get() : spare.pop();
        state.reset();
        return state;
    }

    /** Keeps a state that was just stored, and lets the one go that was kept longest ago. */
    void keep(Bytes key, byte[] stored, SequenceState state) {
        busy.put(key, new Busy(stored, state));
        if (busy.size() > capacity) {
            Map.Entry<Bytes, Busy> oldest = busy.entrySet().iterator().next();
            busy.remove(oldest.getKey());
            release(oldest.getValue().state());
        }
    }

    /** Takes back a state that no sequence needs. */
    void release(SequenceState state) {
        spare.push(state);
    }

    /** Lets all go. */
    void clear() {
        busy.clear();
        spare.clear();
    }
}
