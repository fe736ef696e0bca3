package io.lstmstreams.topology;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * A queue of reads of one kind that a stream thread has not answered yet. Any thread may add and remove reads,
 * without a lock; the stream thread answers them in order.
 */
final class ReadQueue {
    private final Queue<StateRead<?>> open = new ConcurrentLinkedQueue<>();
    private final LongSupplier clock;
    private final LongSupplier cpuTime;
    private final TimeAllowance allowance;

    /**
     * @param clock the time in nanoseconds, as {@link System#nanoTime}
     * @param cpuTime the processor time that the stream thread has used so far, in nanoseconds
     */
    ReadQueue(LongSupplier clock, LongSupplier cpuTime) {
        this.clock = clock;
        this.cpuTime = cpuTime;
        this.allowance = new TimeAllowance(clock);
    }

    void add(StateRead<?> read) {
        open.add(read);
    }

    void remove(StateRead<?> read) {
        open.remove(read);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /**
     * Answers reads while the allowance lasts. Each read may take {@link TimeAllowance#MAX_NANOS}, so that it makes
     * progress even if less is left.
     */
    void answer() {
        while (!open.isEmpty() && allowance.isLeft()) {
            StateRead<?> read = open.poll();
            if (read != null) {
                long start = clock.getAsLong();
                long cpuStart = cpuTime.getAsLong();
                read.answer(start + TimeAllowance.MAX_NANOS);
                allowance.spend(clock.getAsLong() - start, cpuTime.getAsLong() - cpuStart);
            }
        }
    }

    /** Fails the reads of a partition. */
    void fail(PartitionReads partition) {
        for (StateRead<?> read : open) {
            if (read.isOf(partition)) {
                open.remove(read);
                read.fail();
            }
        }
    }
}
