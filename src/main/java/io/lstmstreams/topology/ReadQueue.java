package io.lstmstreams.topology;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Reads of one kind that a stream thread has not answered yet, in the order in which they were asked. Any thread may add and remove
 * reads, without a lock; the stream thread answers them.
 */
final class ReadQueue {
    private final Queue<StateRead<?>> open = new ConcurrentLinkedQueue<>();
    private final LongSupplier clock;
    private final LongSupplier work;
    private final TimeAllowance time;

    /**
     * @param clock in nanoseconds, as {@link System#nanoTime}
     * @param work the stream thread's time on a processor so far, in nanoseconds
     */
    ReadQueue(LongSupplier clock, LongSupplier work) {
        this.clock = clock;
        this.work = work;
        this.time = new TimeAllowance(clock);
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
     * Answers reads for as long as the allowance lasts. A single read may take {@link TimeAllowance#MOST}, so that each one gets
     * somewhere.
     */
    void answer() {
        while (!open.isEmpty() && time.isLeft()) {
            StateRead<?> read = open.poll();
            if (read != null) {
                long begun = clock.getAsLong();
                long worked = work.getAsLong();
                read.answer(begun + TimeAllowance.MOST);
                time.spend(clock.getAsLong() - begun, work.getAsLong() - worked);
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
