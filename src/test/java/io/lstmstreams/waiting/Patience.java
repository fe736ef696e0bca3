package io.lstmstreams.waiting;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/**
 * Patience with something slow: it lasts as long as something moves, within an outer limit. A busy machine takes minutes for
 * what takes seconds otherwise, so no test waits for a number of seconds. Not thread-safe.
 */
public final class Patience {
    /** The outer limit of every wait. */
    public static final Duration LIMIT = Duration.ofMinutes(15);

    /** The time for which nothing may move. */
    static final Duration QUIET = Duration.ofMinutes(4);

    private static final int PAUSE_MS = 20;

    private final String what;
    private final LongSupplier nanoTime;
    private final long begun;
    private long movedAt;
    private Object seen = this; // equal to nothing that is seen later

    /** Begins to wait. */
    public Patience(String what) {
        this(what, System::nanoTime);
    }

    Patience(String what, LongSupplier nanoTime) {
        this.what = what;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        this.movedAt = begun;
    }

    /** Waits until a condition holds. */
    public static void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, () -> "", condition);
    }

    /**
     * Waits until a condition holds.
     *
     * @param progress something that differs from before as long as the condition may still come to hold
     */
    public static void await(String what, Callable<?> progress, Callable<Boolean> condition) throws Exception {
        Patience patience = new Patience(what);
        while (!condition.call()) {
            patience.check(progress.call());
            Thread.sleep(PAUSE_MS);
        }
    }

    /**
     * Takes note of how far it is.
     *
     * @param progress something that differs from before if anything has moved
     * @throws AssertionError if nothing has moved for minutes, or the outer limit is reached
     */
    public void check(Object progress) {
        long now = nanoTime.getAsLong();
        if (!Objects.equals(progress, seen)) {
            seen = progress;
            movedAt = now;
        }
        if (now - movedAt > QUIET.toNanos() || now - begun > LIMIT.toNanos()) {
            throw new AssertionError(what + " must come to be, but has not after "
                    + Duration.ofNanos(now - begun).toSeconds() + " s, and nothing has moved for "
                    + Duration.ofNanos(now - movedAt).toSeconds() + " s; last seen: " + seen);
        }
    }
}
