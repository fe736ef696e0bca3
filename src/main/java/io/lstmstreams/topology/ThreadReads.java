package io.lstmstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The reads that one stream thread has to answer, whichever of its tasks they are for. Reads of single keys and of ranges have an
 * allowance each: a range that takes long, where many sequences were deleted, does not keep single keys waiting.
 */
final class ThreadReads {
    /** How long after a read the next one is expected. */
    private static final long EXPECTED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier clock;
    private final ReadQueue keys;
    private final ReadQueue ranges;
    private long lastAnswer;

    /**
     * @param clock in nanoseconds, as {@link System#nanoTime}
     * @param work the stream thread's time on a processor so far, in nanoseconds
     */
    ThreadReads(LongSupplier clock, LongSupplier work) {
        this.clock = clock;
        this.keys = new ReadQueue(clock, work);
        this.ranges = new ReadQueue(clock, work);
        this.lastAnswer = clock.getAsLong() - EXPECTED_NANOS;
    }

    ReadQueue keys() {
        return keys;
    }

    ReadQueue ranges() {
        return ranges;
    }

    /** Answers what the allowances allow. Called by the stream thread between two records. */
    void answer() {
        if (isOpen()) {
            keys.answer();
            ranges.answer();
            lastAnswer = clock.getAsLong();
        }
    }

    private boolean isOpen() {
        return !keys.isEmpty() || !ranges.isEmpty();
    }

    /** Returns whether reads are open, or were answered a short time ago, so that more may follow. */
    boolean isAsked() {
        return isOpen() || clock.getAsLong() - lastAnswer < EXPECTED_NANOS;
    }

    /** Fails the reads of a partition. */
    void fail(PartitionReads partition) {
        keys.fail(partition);
        ranges.fail(partition);
    }
}
