package io.lstmstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time that a stream thread may spend on work other than its records: a share of the time that passes, of which a
 * little can be saved. Time spent beyond the allowance is a debt, which the thread must earn before it may spend
 * again. Not thread-safe.
 */
final class TimeAllowance {
    /** The longest time that can be saved, in nanoseconds. */
    static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long ENOUGH = MAX_NANOS / 2;
    private static final int WAITING_SHARE = 4;

    /** The divisor of the time that passes: one part in this many may be spent. */
    static final int SHARE = 25;

    private final LongSupplier clock;
    private long countedUntil;
    private long saved = MAX_NANOS;

    /** @param clock the time in nanoseconds, as {@link System#nanoTime} */
    TimeAllowance(LongSupplier clock) {
        this.clock = clock;
        this.countedUntil = clock.getAsLong();
    }

    /** Returns whether enough time is left to start work. */
    boolean isLeft() {
        long earned = (clock.getAsLong() - countedUntil) / SHARE;
        countedUntil += earned * SHARE; // the remainder counts the next time
        saved = Math.min(MAX_NANOS, saved + earned);
        return saved >= ENOUGH;
    }

    /**
     * Spends time, even more than is left. Time in which the thread did not run counts a quarter, and only up to {@link
     * #MAX_NANOS}: on a busy machine other threads had the processor, on a quiet one the thread waited for the disk.
     *
     * @param passed the time that has passed, in nanoseconds
     * @param cpuTime the processor time that the thread has used, in nanoseconds
     */
    void spend(long passed, long cpuTime) {
        saved -= Math.max(cpuTime, Math.min(passed, MAX_NANOS) / WAITING_SHARE);
    }
}
