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
 * Reads ranges of a task's states within a bounded time. Not thread-safe.
 *
 * <p>When a range is opened, Kafka's record cache copies all keys that it has of the range, which takes milliseconds
 * for tens of thousands of keys. So a read proceeds from one {@linkplain KeySample sampled key} to the next. One call
 * remains unbounded: RocksDB passes over all deleted keys up to the next key that exists, whatever the range.
 */
final class StoredRanges {
    private final ReadOnlyKeyValueStore<Bytes, byte[]> store;
    private final LongSupplier clock;
    private final KeySample sample = new KeySample();

    /** @param clock the time in nanoseconds, as {@link System#nanoTime} */
    StoredRanges(ReadOnlyKeyValueStore<Bytes, byte[]> store, LongSupplier clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Adds a key that may be stored. */
    void observe(Bytes key) {
        sample.observe(key);
    }

    /**
     * Reads states in ascending order of their keys.
     *
     * @param from the first key
     * @param limit the largest number of states
     * @param deadline the time of the clock after which to stop: at the next state, or at the next sampled key if no
     *     state was found
     */
    StateRange read(byte[] from, int limit, long deadline) {
        List<KeyValue<Bytes, byte[]>> states = new ArrayList<>();
        Bytes next = Bytes.wrap(from);
        while (next != null) {
            Bytes to = sample.after(next);
            try (KeyValueIterator<Bytes, byte[]> stored = store.range(next, to)) {
                while (stored.hasNext()) {
                    if (states.size() == limit || !states.isEmpty() && isOver(deadline)) {
                        return new StateRange(states, next.get());
                    }
                    KeyValue<Bytes, byte[]> state = stored.next();
                    states.add(state);
                    next = after(state.key);
                }
            }
            next = to == null ? null : after(to);
            if (next != null && (states.size() == limit || isOver(deadline))) {
                return new StateRange(states, next.get());
            }
        }
        return new StateRange(states, null);
    }

    private boolean isOver(long deadline) {
        return clock.getAsLong() - deadline >= 0;
    }

    /** Returns the smallest key that is greater than a key in the store's order, which is that of unsigned bytes. */
    static Bytes after(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }
}
