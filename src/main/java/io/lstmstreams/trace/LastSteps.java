package io.lstmstreams.trace;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last steps of the sequences that were stepped lately. Each sequence has one place, which it shares with others: whoever comes
 * last has it. So a step costs the stream no more than to write one place down, and nobody waits for anybody. Safe for any number of
 * threads.
 */
final class LastSteps {
    private static final int SLOTS = 4096;
    private static final long BYTES = 16L << 20; // of states of one size, before and after

    private final AtomicReferenceArray<Noted> slots = new AtomicReferenceArray<>(SLOTS);

    /** A step, and what it led to. */
    @SuppressWarnings("ArrayRecordComponent") // compared one by one
    private record Noted(byte[] id, byte[] after, LastStep step) {}

    /** @param after the state after the step, as it was stored */
    void put(byte[] id, byte[] after, LastStep step) {
        slots.setRelease(slot(id, after), new Noted(id, after, step));
    }

    /**
     * The step that led to a stored state.
     *
     * @return null if another sequence has the place, or the state has come about elsewhere
     */
    LastStep find(byte[] id, byte[] after) {
        Noted noted = slots.getAcquire(slot(id, after));
        boolean known = noted != null && Arrays.equals(noted.id(), id) && Arrays.equals(noted.after(), after);
        return known ? noted.step() : null;
    }

    /** Large states have fewer places. */
    private static int slot(byte[] id, byte[] after) {
        long affordable = Math.max(1, Math.min(SLOTS, BYTES / (2L * after.length)));
        int hash = Arrays.hashCode(id) * 0x9E3779B9; // whose upper bits are mixed best
        return (hash >>> 16) & ((int) Long.highestOneBit(affordable) - 1);
    }
}
