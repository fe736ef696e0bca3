package io.lstmstreams.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Reads some of a task's states in order, within a bounded time. Not thread-safe; belongs to a task.
 *
 * <p>Kafka's record cache copies all keys that it has in a range when that is opened, which takes milliseconds where it has tens of
 * thousands. So a read goes from one {@linkplain KeySample sampled key} to the next. One call that is not bounded remains: RocksDB
 * passes over all deleted keys up to the next one that it has, whatever the range.
 */
final class StoredRanges {
    private final ReadOnlyKeyValueStore<Bytes, byte[]> store;
    private final LongSupplier clock;
    private final KeySample sample = new KeySample();

    /** @param clock in nanoseconds, as {@link System#nanoTime} */
    StoredRanges(ReadOnlyKeyValueStore<Bytes, byte[]> store, LongSupplier clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Takes note of a key that the store may get. */
    void observe(Bytes key) {
        sample.observe(key);
    }

    /**
     * Reads states.
     *
     * @param from the first key
     * @param most how many states at most
     * @param deadline of the clock, at which to stop: at the next state, or the next sampled key where none was found
     */
    StateRange read(byte[] from, int most, long deadline) {
        List<KeyValue<Bytes, byte[]>> states = new ArrayList<>();
        Bytes next = Bytes.wrap(from);
        while (next != null) {
            Bytes to = sample.after(next);
            try (KeyValueIterator<Bytes, byte[]> stored = store.range(next, to)) {
                while (stored.hasNext()) {
                    if (states.size() == most || !states.isEmpty() && isOver(deadline)) {
                        return new StateRange(states, next.get());
                    }
                    KeyValue<Bytes, byte[]> state = stored.next();
                    states.add(state);
                    next = after(state.key);
                }
            }
            next = to == null ? null : after(to);
            if (next != null && (states.size() == most || isOver(deadline))) {
                return new StateRange(states, next.get());
            }
        }
        return new StateRange(states, null);
    }

    private boolean isOver(long deadline) {
        return clock.getAsLong() - deadline >= 0;
    }

    /** The smallest key after this one in the store's order, which is that of unsigned bytes. */
    private static Bytes after(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }
}
