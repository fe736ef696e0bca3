package io.lstmstreams.topology;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The open reads of all tasks of one stream thread. Reads of single keys and reads of ranges have separate
 * allowances, so that a range with many deleted sequences, which takes long, does not delay single keys.
 */
final class ThreadReads {
    /** The time after a read for which further reads are expected. */
    private static final long EXPECTED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier clock;
    private final ReadQueue keys;
    private final ReadQueue ranges;
    private long lastAnswer;

    /**
     * @param clock the time in nanoseconds, as {@link System#nanoTime}
     * @param cpuTime the processor time that the stream thread has used so far, in nanoseconds
     */
    ThreadReads(LongSupplier clock, LongSupplier cpuTime) {
        this.clock = clock;
        this.keys = new ReadQueue(clock, cpuTime);
        this.ranges = new ReadQueue(clock, cpuTime);
        this.lastAnswer = clock.getAsLong() - EXPECTED_NANOS;
    }

    ReadQueue keys() {
        return keys;
    }

    ReadQueue ranges() {
        return ranges;
    }

    /** Answers reads while their allowances last. Called by the stream thread between two records. */
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

    /** Returns whether reads are open, or were answered so recently that further reads are expected. */
    boolean expectsReads() {
        return isOpen() || clock.getAsLong() - lastAnswer < EXPECTED_NANOS;
    }

    /** Fails the reads of a partition. */
    void fail(PartitionReads partition) {
        keys.fail(partition);
        ranges.fail(partition);
    }
}
