package io.lstmstreams.topology;

import io.lstmstreams.recurrent.SequenceState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;

/**
 * The states of the sequences that advanced last, as numbers, beside the store that has their bytes. A store with Kafka's
 * record cache hands out the very array that was put, and nobody writes to a stored array: so the same array says that the
 * numbers still hold, and a state that was restored, moved or changed in any other way is never taken for an older one.
 * Belongs to a processor.
 */
final class BusyStates {
    /** How many a task keeps at most, and what they may weigh with their logits. */
    private static final int STATES = 4_000;

    private static final long BYTES = 16L << 20;

    private final int least;
    private final int most;
    private final Map<Bytes, Busy> busy = new LinkedHashMap<>(); // the one that was kept longest ago comes first
    private long bytes;

    /** A state that is kept, and the model that it is of. */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity
    record Busy(byte[] stored, TaskModel model, SequenceState state) {}

    /** @param least how many are kept in any case, however large they are */
    BusyStates(int least) {
        this(least, STATES);
    }

    BusyStates(int least, int most) {
        this.least = least;
        this.most = most;
    }

    /**
     * The state that these bytes stand for. It is the caller's from here on.
     *
     * @return null if it is not here
     */
    Busy take(Bytes key, byte[] stored) {
        Busy found = remove(key);
        if (found == null || found.stored() == stored) {
            return found;
        }
        found.model().release(found.state());
        return null;
    }

    /** Keeps a state that was just stored, and lets those go that were kept longest ago. */
    void keep(Bytes key, byte[] stored, TaskModel model, SequenceState state) {
        Busy before = busy.put(key, new Busy(stored, model, state));
        bytes += model.stateBytes() - (before == null ? 0 : before.model().stateBytes());
        while (busy.size() > most || busy.size() > least && bytes > BYTES) {
            Busy oldest = remove(busy.keySet().iterator().next());
            oldest.model().release(oldest.state());
        }
    }

    private Busy remove(Bytes key) {
        Busy found = busy.remove(key);
        bytes -= found == null ? 0 : found.model().stateBytes();
        return found;
    }

    /** Lets all go. */
    void clear() {
        busy.clear();
        bytes = 0;
    }
}
