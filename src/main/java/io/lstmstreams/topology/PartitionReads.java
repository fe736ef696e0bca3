package io.lstmstreams.topology;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.query.KeyQuery;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the states of one task's partition. Other threads add reads to a queue; the stream thread answers them
 * before each record, and at ticks of the wall clock while no record arrives.
 *
 * <p>Ticks are rare while no read is open, because Kafka Streams commits after each tick, and takes fewer records at
 * a time. All tasks tick at the same times, so that their ticks count as one.
 */
final class PartitionReads implements TaskReads {
    /** The time between two ticks. */
    static final long TICK_MS = 1_000;

    /** The time between two ticks while reads are open or expected. */
    static final long TICK_WHEN_READ_MS = 50;

    private static final QueryConfig CONFIG = new QueryConfig(false);

    private final StateReads registry;
    private final ThreadReads thread;
    private final ProcessorContext<?, ?> context;
    private final KeyValueStore<Bytes, byte[]> store;
    private final StoredRanges ranges;
    private Cancellable nextTick = () -> {};
    private volatile boolean closed;

    /** @param clock the time in nanoseconds, as {@link System#nanoTime} */
    PartitionReads(
            StateReads registry,
            ThreadReads thread,
            ProcessorContext<?, ?> context,
            KeyValueStore<Bytes, byte[]> store,
            LongSupplier clock) {
        this.registry = registry;
        this.thread = thread;
        this.context = context;
        this.store = store;
        this.ranges = new StoredRanges(store, clock);
    }

    /** Schedules the first tick. */
    void start() {
        nextTick = schedule();
    }

    int partition() {
        return context.taskId().partition();
    }

    private Cancellable schedule() {
        long interval = thread.expectsReads() ? TICK_WHEN_READ_MS : TICK_MS;
        long toNext = interval - context.currentSystemTimeMs() % interval;
        return context.schedule(Duration.ofMillis(toNext), PunctuationType.WALL_CLOCK_TIME, now -> tick());
    }

    private void tick() {
        thread.answer();
        nextTick.cancel();
        nextTick = schedule();
    }

    @Override
    public void processing(@Nullable Bytes key) {
        if (key != null) {
            ranges.observe(key);
        }
        thread.answer();
    }

    /** Starts to read the stored state of a sequence. */
    StateRead<Optional<byte[]>> get(byte[] key) {
        return ask(thread.keys(), deadline -> stored(key));
    }

    /** Starts to read states in ascending order of their keys, from a key on and up to a number. */
    StateRead<StateRange> range(byte[] from, int limit) {
        return ask(thread.ranges(), deadline -> ranges.read(from, limit, deadline));
    }

    private <T> StateRead<T> ask(ReadQueue queue, StateRead.Question<T> question) {
        StateRead<T> read = new StateRead<>(this, queue, question);
        queue.add(read);
        if (closed) { // perhaps after close has failed the reads in the queue
            queue.remove(read);
            read.fail();
        }
        return read;
    }

    /**
     * Returns a stored state by a query: unlike a get, it neither fills the record cache nor makes it write its
     * records.
     */
    private Optional<byte[]> stored(byte[] key) {
        QueryResult<byte[]> result = store.query(KeyQuery.withKey(Bytes.wrap(key)), PositionBound.unbounded(), CONFIG);
        if (result.isFailure()) {
            throw new InvalidStateStoreException(result.getFailureMessage());
        }
        return Optional.ofNullable(result.getResult());
    }

    @Override
    public void close() {
        closed = true;
        registry.remove(this);
        nextTick.cancel();
        thread.fail(this);
    }
}
