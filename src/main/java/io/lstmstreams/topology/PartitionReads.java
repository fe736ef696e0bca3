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

/**
 * Reads of the states of one task's partition. Other threads only put reads into a queue; its stream thread answers them with each
 * record that comes, and at intervals of wall-clock time where none comes.
 *
 * <p>The clock's ticks are rare until a read is open: after each, Kafka Streams commits, and takes fewer records at a time. The ticks
 * of all tasks are at the same moments, so that they count as one.
 */
final class PartitionReads implements TaskReads {
    /** Time between ticks. */
    static final long TICK_MS = 1_000;

    /** Time between ticks while reads are open or expected. */
    static final long TICK_WHEN_ASKED_MS = 50;

    private static final QueryConfig CONFIG = new QueryConfig(false);

    private final StateReads registry;
    private final ThreadReads thread;
    private final ProcessorContext<?, ?> context;
    private final KeyValueStore<Bytes, byte[]> store;
    private final StoredRanges ranges;
    private Cancellable tick = () -> {};
    private volatile boolean closed;

    /** @param clock in nanoseconds, as {@link System#nanoTime} */
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

    /** Starts the ticks. */
    void start() {
        tick = schedule();
    }

    int partition() {
        return context.taskId().partition();
    }

    private Cancellable schedule() {
        long interval = thread.isAsked() ? TICK_WHEN_ASKED_MS : TICK_MS;
        long toNext = interval - context.currentSystemTimeMs() % interval;
        return context.schedule(Duration.ofMillis(toNext), PunctuationType.WALL_CLOCK_TIME, now -> tick());
    }

    private void tick() {
        thread.answer();
        tick.cancel();
        tick = schedule();
    }

    @Override
    public void processing(Bytes key) {
        if (key != null) {
            ranges.observe(key);
        }
        thread.answer();
    }

    /** Asks for the stored state of a sequence. */
    StateRead<Optional<byte[]>> get(byte[] key) {
        return ask(thread.keys(), deadline -> stored(key));
    }

    /** Asks for the states from a key on, some of them at most. */
    StateRead<StateRange> range(byte[] from, int most) {
        return ask(thread.ranges(), deadline -> ranges.read(from, most, deadline));
    }

    private <T> StateRead<T> ask(ReadQueue queue, StateRead.Question<T> question) {
        StateRead<T> read = new StateRead<>(this, queue, question);
        queue.add(read);
        if (closed) { // perhaps since the queue was looked through for the last time
            queue.remove(read);
            read.fail();
        }
        return read;
    }

    /** A query, other than a get, changes nothing: it neither fills the record cache nor has it write what it has. */
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
        tick.cancel();
        thread.fail(this);
    }
}
