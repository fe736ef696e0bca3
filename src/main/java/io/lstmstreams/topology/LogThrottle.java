package io.lstmstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Limits the lines of a log per second, and logs how many lines were left out: a topic full of bad records must not
 * fill the disk. Safe for any number of threads.
 */
final class LogThrottle {
    /** The largest number of lines per second. */
    static final int LINES_PER_SECOND = 10;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<String> log;
    private final LongSupplier nanoTime;
    private long start; // of the current second
    private int lines; // in the current second
    private long leftOut; // in the current second

    LogThrottle(Consumer<String> log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** Logs a line, or leaves it out if the current second has enough lines. */
    synchronized void log(Supplier<String> line) {
        long now = nanoTime.getAsLong();
        if (now - start >= SECOND) {
            if (leftOut > 0) {
                log.accept(leftOut + " more records like these were not logged");
            }
            start = now;
            lines = 0;
            leftOut = 0;
        }
        if (lines < LINES_PER_SECOND) {
            lines++;
            log.accept(line.get());
        } else if (leftOut++ == 0) {
            log.accept("more records like these are counted but not logged for the rest of this second");
        }
    }
}
