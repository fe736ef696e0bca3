package io.lstmstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets a few lines a second into a log, and says how many more there were: a topic full of bad records must not fill the disk
 * with lines about them. Safe for any number of threads.
 */
final class LogThrottle {
    static final int LINES_A_SECOND = 10;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<String> log;
    private final LongSupplier nanoTime;
    private long start; // of the second that is going on
    private int lines; // of this second
    private long leftOut; // of this second, and not yet told of

    LogThrottle(Consumer<String> log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** Logs the line, unless there were enough of them within a second. */
    synchronized void log(Supplier<String> line) {
        long now = nanoTime.getAsLong();
        if (now - start >= SECOND) {
            if (leftOut > 0) {
                log.accept(leftOut + " more records before this one had the like, and no line of their own");
            }
            start = now;
            lines = 0;
            leftOut = 0;
        }
        if (lines < LINES_A_SECOND) {
            lines++;
            log.accept(line.get());
        } else if (leftOut++ == 0) {
            log.accept("more records have the like: for the rest of this second they are counted, not listed");
        }
    }
}
