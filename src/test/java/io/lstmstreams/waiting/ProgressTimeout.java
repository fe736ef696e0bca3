package io.lstmstreams.waiting;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;

/**
 * A timeout for something slow: waiting goes on as long as there is progress, within an outer limit. A busy machine
 * needs minutes for what otherwise takes seconds, so no test waits for a fixed number of seconds. Not thread-safe.
 */
public final class ProgressTimeout {
    /** The outer limit of every wait. */
    public static final Duration LIMIT = Duration.ofMinutes(15);

    /** The maximum time without progress. */
    static final Duration QUIET = Duration.ofMinutes(4);

    private static final int PAUSE_MS = 20;

    private final String what;
    private final LongSupplier nanoTime;
    private final long start;
    private long progressAt;
    private Object seen = this; // equal to nothing that is seen later

    /**
     * Starts to wait.
     *
     * @param what the awaited thing or event, as in an error
     */
    public ProgressTimeout(String what) {
        this(what, System::nanoTime);
    }

    ProgressTimeout(String what, LongSupplier nanoTime) {
        this.what = what;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.progressAt = start;
    }

    /** Waits until a condition holds. */
    public static void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, () -> "", condition);
    }

    /**
     * Waits until a condition holds.
     *
     * @param progress returns a value that changes as long as the condition can still come true
     */
    public static void await(String what, Callable<?> progress, Callable<Boolean> condition) throws Exception {
        ProgressTimeout timeout = new ProgressTimeout(what);
        while (!condition.call()) {
            timeout.check(progress.call());
            Thread.sleep(PAUSE_MS);
        }
    }

    /**
     * Records the progress so far.
     *
     * @param progress a value that changes with any progress
     * @throws AssertionError if there has been no progress for minutes, or the outer limit is reached
     */
    public void check(Object progress) {
        long now = nanoTime.getAsLong();
        if (!Objects.equals(progress, seen)) {
            seen = progress;
            progressAt = now;
        }
        if (now - progressAt > QUIET.toNanos() || now - start > LIMIT.toNanos()) {
            throw new AssertionError(what + " did not happen within "
                    + Duration.ofNanos(now - start).toSeconds() + " s, and no progress for "
                    + Duration.ofNanos(now - progressAt).toSeconds() + " s; last seen: " + seen);
        }
    }
}
