package io.lstmstreams.soak;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The timestamps of a load, at equal intervals for each record and faster than wall-clock time. So the gaps between the
 * events of a sequence do not depend on the machine's load. An idle timeout that passes within half a minute of the
 * load is an hour for a partition without records, whose time advances with wall-clock time. All timestamps are in the
 * past, because a timestamp in the future counts as now.
 */
final class EventTime implements LongSupplier {
    /** The idle timeout, in event time. */
    static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    private static final int SPEED = 120;

    private final AtomicLong next;
    private final long step; // microseconds

    /**
     * Starts the time.
     *
     * @param time the duration of the load
     * @param perSecond the number of timestamps a second
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

    /**
     * Returns the time at which a sequence becomes idle.
     *
     * @param time the time of its last event
     */
    static long idleAt(long time) {
        return time + IDLE_TIMEOUT.toMillis() + 1_000;
    }
}
