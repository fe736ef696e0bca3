package io.lstmstreams.topology;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Reads of an application's states by other threads than its stream threads. Each read is handed over to the stream thread that owns
 * the partition, and answered there between two records: a reader takes no lock that a stream thread needs, and sees what the
 * stream has processed. One for each application; safe for any number of threads.
 */
public class StateReads {
    /** No reads: every partition is closed to them. */
    public static final StateReads NONE = new StateReads() {
        @Override
        TaskReads open(ProcessorContext<?, ?> context, KeyValueStore<Bytes, byte[]> store) {
            return TaskReads.NONE;
        }
    };

    private final Map<Integer, PartitionReads> partitions = new ConcurrentHashMap<>();
    private final LongSupplier clock;
    private final ThreadLocal<ThreadReads> threads;

    /** Reads of no partition yet. */
    public StateReads() {
        this(System::nanoTime, ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
    }

    /**
     * @param clock in nanoseconds, as {@link System#nanoTime}
     * @param work the calling thread's time on a processor so far, in nanoseconds
     */
    StateReads(LongSupplier clock, LongSupplier work) {
        this.clock = clock;
        this.threads = ThreadLocal.withInitial(() -> new ThreadReads(clock, work));
    }

    /** Opens the partition of a task to reads; called by its stream thread. */
    TaskReads open(ProcessorContext<?, ?> context, KeyValueStore<Bytes, byte[]> store) {
        PartitionReads reads = new PartitionReads(this, threads.get(), context, store, clock);
        reads.start();
        partitions.put(reads.partition(), reads);
        return reads;
    }

    void remove(PartitionReads reads) {
        partitions.remove(reads.partition(), reads);
    }

    /** The partitions that stream threads of this instance own now, with all their states. */
    public Set<Integer> partitions() {
        return Set.copyOf(partitions.keySet());
    }

    /**
     * Asks for the stored state of a sequence.
     *
     * @return empty if the partition is no longer owned
     */
    public Optional<StateRead<Optional<byte[]>>> get(int partition, byte[] key) {
        return Optional.ofNullable(partitions.get(partition)).map(owned -> owned.get(key));
    }

    /**
     * Asks for the states from a key on, in ascending order of their keys.
     *
     * @param most how many at most; fewer may be answered where they take long
     * @return empty if the partition is no longer owned
     */
    public Optional<StateRead<StateRange>> range(int partition, byte[] from, int most) {
        return Optional.ofNullable(partitions.get(partition)).map(owned -> owned.range(from, most));
    }
}
