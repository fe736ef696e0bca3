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
 * Reads of an application's states by threads that are not its stream threads. The stream thread that owns a
 * partition answers the partition's reads between two records. So a reader takes no lock that a stream thread needs,
 * and sees everything that the stream has processed. There is one for each application. Safe for any number of
 * threads.
 */
public class StateReads {
    /** Reads that are never answered, because no partition is open to them. */
    public static final StateReads NONE = new StateReads() {
        @Override
        TaskReads open(ProcessorContext<?, ?> context, KeyValueStore<Bytes, byte[]> store) {
            return TaskReads.NONE;
        }
    };

    private final Map<Integer, PartitionReads> partitions = new ConcurrentHashMap<>();
    private final LongSupplier clock;
    private final ThreadLocal<ThreadReads> threads;

    /** Creates reads; each task opens its partition to them. */
    public StateReads() {
        this(System::nanoTime, ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
    }

    /**
     * @param clock the time in nanoseconds, as {@link System#nanoTime}
     * @param cpuTime the processor time that the calling thread has used so far, in nanoseconds
     */
    StateReads(LongSupplier clock, LongSupplier cpuTime) {
        this.clock = clock;
        this.threads = ThreadLocal.withInitial(() -> new ThreadReads(clock, cpuTime));
    }

    /** Opens the partition of a task to reads. Called by the task's stream thread. */
    TaskReads open(ProcessorContext<?, ?> context, KeyValueStore<Bytes, byte[]> store) {
        PartitionReads reads = new PartitionReads(this, threads.get(), context, store, clock);
        reads.start();
        partitions.put(reads.partition(), reads);
        return reads;
    }

    void remove(PartitionReads reads) {
        partitions.remove(reads.partition(), reads);
    }

    /** Returns the partitions that stream threads of this instance own now and whose states are restored. */
    public Set<Integer> partitions() {
        return Set.copyOf(partitions.keySet());
    }

    /**
     * Starts to read the stored state of a sequence.
     *
     * @param key the bytes of the sequence id
     * @return the read; empty if this instance no longer owns the partition
     */
    public Optional<StateRead<Optional<byte[]>>> get(int partition, byte[] key) {
        return Optional.ofNullable(partitions.get(partition)).map(owned -> owned.get(key));
    }

    /**
     * Starts to read states in ascending order of their keys.
     *
     * @param from the first key
     * @param limit the largest number of states; the answer can have fewer if reading takes long
     * @return the read; empty if this instance no longer owns the partition
     */
    public Optional<StateRead<StateRange>> range(int partition, byte[] from, int limit) {
        return Optional.ofNullable(partitions.get(partition)).map(owned -> owned.range(from, limit));
    }
}
