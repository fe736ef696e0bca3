package io.lstmstreams.trace;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last steps of the most recent sequences. Each sequence has one slot, which it shares with other sequences; the
 * latest step overwrites the slot. A step costs the stream one write, and no thread waits for another. Safe for any
 * number of threads.
 */
final class LastSteps {
    private static final int SLOTS = 4096;
    private static final long BYTES = 16L << 20; // of states, before and after the steps

    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);

    /** A step and the state after it. */
    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    private record Slot(byte[] id, byte[] after, LastStep step) {}

    /** @param after the stored state after the step */
    void put(byte[] id, byte[] after, LastStep step) {
        slots.setRelease(slot(id, after), new Slot(id, after, step));
    }

    /**
     * Returns the step that led to a stored state; null if another sequence has overwritten the slot or another
     * instance has computed the state.
     */
    @Nullable
    LastStep find(byte[] id, byte[] after) {
        Slot found = slots.getAcquire(slot(id, after));
        if (found == null || !Arrays.equals(found.id(), id) || !Arrays.equals(found.after(), after)) {
            return null;
        }
        return found.step();
    }

    /** Returns the slot of a sequence. Large states have fewer slots. */
    private static int slot(byte[] id, byte[] after) {
        long affordable = Math.max(1, Math.min(SLOTS, BYTES / (2L * after.length)));
        int hash = Arrays.hashCode(id) * 0x9E3779B9; // the product's upper bits are mixed best
        return (hash >>> 16) & ((int) Long.highestOneBit(affordable) - 1);
    }
}
