package io.lstmstreams.soak;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The timestamps of a load: as regular as its records are many, and faster than the clock. So the gaps between the events of a
 * sequence do not depend on how busy the machine is, and an idle timeout that passes within half a minute of the load is an
 * hour for a partition that gets no record, whose time goes on with the clock. All timestamps lie in the past, because one in the
 * future counts as now.
 */
final class EventTime implements LongSupplier {
    /** The idle timeout, in event time. */
    static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    private static final int SPEED = 120;

    private final AtomicLong next;
    private final long step; // microseconds

    /**
     * Starts.
     *
     * @param time for which the load is sent
     * @param perSecond timestamps
     */
    EventTime(Duration time, double perSecond) {
        Duration past = time.multipliedBy(SPEED + 1L).plus(IDLE_TIMEOUT.multipliedBy(4));
        this.next = new AtomicLong((System.currentTimeMillis() - past.toMillis()) * 1_000);
        this.step = Math.round(SPEED * 1e6 / perSecond);
    }

    @Override
    public long getAsLong() {
        return next.getAndAdd(step) / 1_000;
    }

    /** Returns the time at which a sequence is idle whose last event was at another time. */
    static long idleAt(long time) {
        return time + IDLE_TIMEOUT.toMillis() + 1_000;
    }
}
