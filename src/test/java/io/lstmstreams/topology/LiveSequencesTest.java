package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class LiveSequencesTest {
    private final StateCodec codec = new StateCodec(TinyModels.events().network());
    private final byte[] state =
            codec.encode(new SequenceState(TinyModels.events().network()));
    private final byte[] ended =
            codec.encodeEnded(new SequenceState(TinyModels.events().network()));
    private final LongAdder total = new LongAdder();
    private final LiveSequences live = new LiveSequences(total);

    private static Bytes key(int number) {
        return Bytes.wrap(new byte[] {(byte) number});
    }

    private long total() {
        return total.sum();
    }

    @Test
    void shouldCountEachSequenceOnceWhileItLooks() {
        // Given a look that has come as far as before 5
        live.seen(state);
        live.seen(state);
        live.seen(ended);
        live.reached(key(5));

        // When sequences begin and end before and behind that
        live.changed(key(1), null, true);
        live.changed(key(2), state, false);
        live.changed(key(3), state, true);
        live.changed(key(4), ended, true);
        live.changed(key(5), null, true); // which it will come to
        live.changed(key(6), state, false); // which it will not

        // Then
        assertThat(total()).isEqualTo(3);
        live.seen(state);
        live.reached(null);
        assertThat(total()).isEqualTo(4);
    }

    @Test
    void shouldCountChangesOnlyAfterTheFirstLook() {
        live.seen(state);
        live.reached(null);

        live.seen(state); // once more
        live.changed(key(9), null, true);

        assertThat(live.isComplete()).isTrue();
        assertThat(total()).isEqualTo(2);
    }

    /** Kafka Streams closes a task's processor and initializes the same one again where it takes the task up again. */
    @Test
    void shouldCountAnewWhereItsTaskComesBack() {
        // Given another task's, and this one's, which was closed
        total.add(10);
        live.seen(state);
        live.seen(state);
        live.reached(null);
        live.close();
        assertThat(total()).isEqualTo(10);

        // When
        live.changed(key(1), state, false); // before any look
        live.seen(state);
        live.reached(null);

        // Then
        assertThat(total()).isEqualTo(11);
    }
}
