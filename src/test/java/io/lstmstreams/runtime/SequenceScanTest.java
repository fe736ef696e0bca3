package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.topology.TinyModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;

class SequenceScanTest {
    private static final Network NETWORK = TinyModels.events().network();
    private static final StateCodec CODEC = new StateCodec(NETWORK);
    private static final byte[] NONE = {};

    private final TreeMap<Bytes, byte[]> one = new TreeMap<>();
    private final TreeMap<Bytes, byte[]> other = new TreeMap<>();

    private static byte[] state(long steps) {
        SequenceState state = new SequenceState(NETWORK);
        state.steps(steps);
        state.lastEventTime(10 * steps);
        return CODEC.encode(state);
    }

    private static byte[] ended() {
        SequenceState state = new SequenceState(NETWORK);
        state.recentEvents().add(1);
        return CODEC.encodeEnded(state);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private SequencePage page(String prefix, byte[] after, int limit) {
        return page(prefix, after, limit, () -> false);
    }

    private SequencePage page(String prefix, byte[] after, int limit, BooleanSupplier late) {
        Bytes from = Bytes.wrap(SequenceScan.start(bytes(prefix), after));
        List<KeyValueIterator<Bytes, byte[]>> partitions = new ArrayList<>();
        List.of(one, other).forEach(partition -> partitions.add(new InMemory(partition.tailMap(from))));
        return SequenceScan.page(partitions, bytes(prefix), limit, late);
    }

    private static List<String> ids(SequencePage page) {
        return page.sequences().stream()
                .map(line -> new String(line.id(), UTF_8))
                .toList();
    }

    @Test
    void shouldMixPartitionsInTheOrderOfTheirIds() {
        for (int i = 0; i < 10; i++) {
            (i % 3 == 0 ? one : other).put(Bytes.wrap(bytes("s" + i)), state(i + 1));
        }

        SequencePage first = page("", null, 6);
        SequencePage second = page("", first.upTo(), 6);

        assertThat(ids(first)).containsExactly("s0", "s1", "s2", "s3", "s4", "s5");
        assertThat(ids(second)).containsExactly("s6", "s7", "s8", "s9");
        assertThat(second.upTo()).isNull();
        assertThat(first.sequences().get(2).step()).isEqualTo(3);
        assertThat(first.sequences().get(2).time()).isEqualTo(30);
    }

    @Test
    void shouldListOnlyIdsWithThePrefix() {
        for (String id : List.of("a", "b", "b\u00ff", "b1", "c")) {
            one.put(Bytes.wrap(bytes(id)), state(1));
        }

        assertThat(ids(page("b", null, 10))).containsExactly("b", "b1", "b\u00ff");
        assertThat(ids(page("b", bytes("b"), 10))).containsExactly("b1", "b\u00ff");
        assertThat(page("b", null, 3).upTo()).isNull();
    }

    @Test
    void shouldReadABoundedNumberOfEndedSequences() {
        byte[] ended = ended();
        for (int i = 0; i < 15_000; i++) {
            one.put(Bytes.wrap(bytes("e%05d".formatted(i))), ended);
        }
        other.put(Bytes.wrap(bytes("f")), state(1));

        SequencePage first = page("", null, 10);
        SequencePage second = page("", first.upTo(), 10);

        assertThat(first.sequences()).isEmpty();
        assertThat(first.upTo()).isEqualTo(bytes("e09999"));
        assertThat(ids(second)).containsExactly("f");
    }

    @Test
    void shouldAnswerWithAPartialPageIfItIsLate() {
        for (String id : List.of("a", "b", "c")) {
            one.put(Bytes.wrap(bytes(id)), state(1));
        }

        SequencePage first = page("", null, 10, () -> true);
        SequencePage second = page("", first.upTo(), 10, () -> true);

        assertThat(ids(first)).containsExactly("a");
        assertThat(ids(second)).containsExactly("b");
    }

    @Test
    void shouldReadLittleMoreThanItsShareFromEachPartition() {
        assertThat(SequenceScan.share(100, 1)).isEqualTo(101);
        assertThat(SequenceScan.share(100, 4)).isEqualTo(41);
        assertThat(SequenceScan.share(100, 64)).isEqualTo(7);
        assertThat(SequenceScan.share(1, 64)).isEqualTo(2);
        assertThat(SequenceScan.share(100, 0)).isEqualTo(101);
    }

    @Test
    void shouldMarkADamagedState() {
        byte[] damaged = state(1);
        damaged[30]++;
        one.put(Bytes.wrap(bytes("a")), damaged);

        assertThat(page("", null, 10).sequences().get(0).unreadable()).contains("damaged");
        assertThat(SequenceScan.start(NONE, null)).isEmpty();
    }

    /** An iterator of a store, over a map. */
    private static final class InMemory implements KeyValueIterator<Bytes, byte[]> {
        private final List<Map.Entry<Bytes, byte[]>> entries;
        private int at;

        InMemory(Map<Bytes, byte[]> map) {
            this.entries = List.copyOf(map.entrySet());
        }

        @Override
        public boolean hasNext() {
            return at < entries.size();
        }

        @Override
        public Bytes peekNextKey() {
            return entries.get(at).getKey();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            Map.Entry<Bytes, byte[]> entry = entries.get(at++);
            return KeyValue.pair(entry.getKey(), entry.getValue());
        }

        @Override
        public void close() {}
    }
}
