package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.topology.StateRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Test;

class PartitionStatesTest {
    private final Deque<StateRange> ranges = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    private static StateRange range(String next, String... keys) {
        return new StateRange(
                Arrays.stream(keys)
                        .map(key -> KeyValue.pair(Bytes.wrap(bytes(key)), bytes("state of " + key)))
                        .toList(),
                bytes(next));
    }

    private PartitionStates states(StateRange first) {
        return new PartitionStates(first, 300, (from, most) -> {
            asked.add(most + " from " + new String(from, UTF_8));
            return ranges.remove();
        });
    }

    private static List<String> rest(PartitionStates states) {
        List<String> rest = new ArrayList<>();
        while (states.hasNext()) {
            Bytes key = states.peekNextKey();
            KeyValue<Bytes, byte[]> state = states.next();
            assertThat(state.key).isEqualTo(key);
            rest.add(new String(key.get(), UTF_8));
        }
        return rest;
    }

    @Test
    void shouldContinueAtTheEndOfARangeAndReadMoreEachTime() {
        ranges.add(range("d"));
        ranges.add(range("f", "d", "e"));
        ranges.add(range(null, "g"));

        assertThat(rest(states(range("c", "a", "b")))).containsExactly("a", "b", "d", "e", "g");
        assertThat(asked).containsExactly("600 from c", "1000 from d", "1000 from f");
    }

    @Test
    void shouldReadNoFurtherThanRequested() {
        PartitionStates states = states(range("c", "a", "b"));

        states.next();

        assertThat(states.peekNextKey()).isEqualTo(Bytes.wrap(bytes("b")));
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldHaveNoMoreAtThePartitionsEnd() {
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> states(range(null)).next());
    }
}
