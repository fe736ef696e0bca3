package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.Test;

class StoredRangesTest {
    private static final byte[] START = {};
    private static final long NEVER = Long.MAX_VALUE;
    private static final int KEYS = 20_000;

    private final SlowStore store = new SlowStore();
    private final StoredRanges ranges = new StoredRanges(store, () -> store.now);

    private void fill() {
        for (int i = 0; i < KEYS; i++) {
            Bytes key = Bytes.wrap("key %05d".formatted(i).getBytes(UTF_8));
            store.states.put(key, key.get());
            ranges.observe(key);
            ranges.observe(key);
        }
    }

    /** Reads the store to its end. */
    private List<KeyValue<Bytes, byte[]>> readAll(int most, long time) {
        List<KeyValue<Bytes, byte[]>> all = new ArrayList<>();
        byte[] next = START;
        for (int reads = 0; next != null; reads++) {
            assertThat(reads).isLessThan(2 * KEYS);
            StateRange range = ranges.read(next, most, store.now + time);
            assertThat(range.states()).hasSizeLessThanOrEqualTo(most);
            all.addAll(range.states());
            next = range.next();
        }
        return all;
    }

    @Test
    void shouldReadEachStateOnceUnderAnyLimits() {
        fill();

        for (List<KeyValue<Bytes, byte[]>> all :
                List.of(readAll(KEYS, NEVER - store.now), readAll(97, 1_000), readAll(97, 0))) {
            assertThat(all).extracting(state -> state.key).containsExactlyElementsOf(store.states.keySet());
        }
    }

    @Test
    void shouldOpenRangesThatTheRecordCacheHasFewKeysOf() {
        fill();

        readAll(KEYS, NEVER);

        assertThat(store.longest).isLessThan(10 * KeySample.KEYS);
        assertThat(store.opened).isLessThan(4 * KEYS / KeySample.KEYS);
    }

    @Test
    void shouldStopInTimeWithAPartialResult() {
        fill();
        store.tick = 10;

        StateRange range = ranges.read(START, KEYS, 250);

        assertThat(range.states()).hasSizeBetween(1, 30);
        assertThat(ranges.read(range.next(), 1, 0).states().get(0).key)
                .isGreaterThan(range.states().get(range.states().size() - 1).key);
    }

    @Test
    void shouldFindNothingInAnEmptyStore() {
        assertThat(ranges.read(START, 10, NEVER)).isEqualTo(new StateRange(List.of(), null));
    }

    /** A map whose iterators take time. */
    private static final class SlowStore implements ReadOnlyKeyValueStore<Bytes, byte[]> {
        private final TreeMap<Bytes, byte[]> states = new TreeMap<>();
        private long now;
        private long tick = 1;
        private int longest;
        private int opened;

        @Override
        public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
            var range = to == null ? states.tailMap(from) : states.subMap(from, true, to, true);
            longest = Math.max(longest, range.size());
            opened++;
            var entries = range.entrySet().iterator();
            return new KeyValueIterator<>() {
                @Override
                public boolean hasNext() {
                    return entries.hasNext();
                }

                @Override
                public KeyValue<Bytes, byte[]> next() {
                    now += tick;
                    var entry = entries.next();
                    return KeyValue.pair(entry.getKey(), entry.getValue());
                }

                @Override
                public Bytes peekNextKey() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public byte[] get(Bytes key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> all() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long approximateNumEntries() {
            throw new UnsupportedOperationException();
        }
    }
}
