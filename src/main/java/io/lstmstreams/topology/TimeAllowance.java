package io.lstmstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time that a stream thread may spend on something beside its records: a share of the time that passes, of which a little can be
 * saved. Time that was spent beyond that is a debt, and more time passes before any may be spent again. Not thread-safe.
 */
final class TimeAllowance {
    /** The longest time that can be saved, in nanoseconds. */
    static final long MOST = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long ENOUGH = MOST / 2;
    private static final int WAITING = 4;

    /** One part in this many of the time that passes may be spent. */
    static final int SHARE = 25;

    private final LongSupplier clock;
    private long countedUntil;
    private long saved = MOST;

    /** @param clock in nanoseconds, as {@link System#nanoTime} */
    TimeAllowance(LongSupplier clock) {
        this.clock = clock;
        this.countedUntil = clock.getAsLong();
    }

    /** Returns whether enough time is left to begin something. */
    boolean isLeft() {
        long earned = (clock.getAsLong() - countedUntil) / SHARE;
        countedUntil += earned * SHARE; // the rest counts the next time
        saved = Math.min(MOST, saved + earned);
        return saved >= ENOUGH;
    }

    /**
     * Spends time, also more than is left. Time in which the thread did not work counts a quarter, and up to {@link #MOST} only: on
     * a busy machine others had the processor then, and on a quiet one the disk was read.
     *
     * @param passed in nanoseconds
     * @param worked the thread's time on a processor meanwhile, in nanoseconds
     */
    void spend(long passed, long worked) {
        saved -= Math.max(worked, Math.min(passed, MOST) / WAITING);
    }
}
