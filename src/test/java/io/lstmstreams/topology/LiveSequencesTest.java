package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
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

    /** Kafka Streams closes a task's processor and initializes the same one again where a task is resumed or revived. */
    @Test
    void shouldKnowThemWhereAProcessorIsInitializedAgain() {
        // Given
        KeyValueStore<Bytes, byte[]> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore("recurrent-state"), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        MockProcessorContext<byte[], SequenceOutput> context = new MockProcessorContext<>();
        context.setCurrentSystemTimeMs(1);
        context.setCurrentStreamTimeMs(1);
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        StreamMetrics metrics = new StreamMetrics();
        Processor<byte[], byte[], byte[], SequenceOutput> processor = LstmProcessorSupplier.builder(
                        TinyModels.events(), Serdes.ByteArray(), new JsonEventDecoder("/event"))
                .metrics(metrics)
                .build()
                .get();
        processor.init(context);
        processor.process(event("a"));
        processor.process(event("b"));
        tick(context);
        assertThat(metrics.live().sum()).isEqualTo(2);

        // When
        processor.close();
        assertThat(metrics.live().sum()).isZero();
        processor.init(context);

        // Then
        tick(context);
        assertThat(metrics.live().sum()).isEqualTo(2);
        processor.process(event("c"));
        assertThat(metrics.live().sum()).isEqualTo(3);
    }

    private static Record<byte[], byte[]> event(String sequence) {
        return new Record<>(
                sequence.getBytes(UTF_8), DrivenTopology.event("open").getBytes(UTF_8), 1);
    }

    private static void tick(MockProcessorContext<byte[], SequenceOutput> context) {
        context.scheduledPunctuators().stream()
                .filter(punctuator -> !punctuator.cancelled())
                .toList()
                .forEach(punctuator -> punctuator.getPunctuator().punctuate(1));
    }
}
