package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.kernel.Kernels;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads that the test driver's thread answers, as a stream thread would. */
class StateReadsTest {
    private static final byte[] START = {};

    private final DrivenTopology topology = driven();
    private final StateReads reads = topology.reads();

    private static DrivenTopology driven() {
        return new DrivenTopology(
                Models.only(ModelVersion.of(null, TinyModels.events(), Kernels.named("scalar"))), null, Map.of());
    }

    @AfterEach
    void close() {
        topology.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** Returns an answer that is available already; fails if the read has timed out. */
    private static <T> T answerOf(StateRead<T> read) throws Exception {
        return read.await(System.nanoTime());
    }

    private void send(String sequence) {
        topology.send(sequence, DrivenTopology.event("open"));
    }

    @Test
    void shouldAnswerWhenTheNextRecordArrives() throws Exception {
        send("a");
        StateRead<Optional<byte[]>> stored = reads.get(0, bytes("a")).orElseThrow();
        StateRead<Optional<byte[]>> never = reads.get(0, bytes("never")).orElseThrow();
        StateRead<StateRange> range = reads.range(0, START, 10).orElseThrow();
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> answerOf(stored));

        send("b");

        assertThat(answerOf(stored)).hasValue(topology.stored("a"));
        assertThat(answerOf(never)).isEmpty();
        assertThat(answerOf(range).states()).hasSize(1);
        assertThat(answerOf(range).next()).isNull();
    }

    @Test
    void shouldAnswerInWallClockTimeIfNoRecordArrives() throws Exception {
        send("a");
        StateRead<Optional<byte[]>> first = reads.get(0, bytes("a")).orElseThrow();

        topology.passTime(Duration.ofMillis(PartitionReads.TICK_MS));
        StateRead<Optional<byte[]>> second = reads.get(0, bytes("a")).orElseThrow();
        topology.passTime(Duration.ofMillis(PartitionReads.TICK_WHEN_READ_MS));

        assertThat(answerOf(first)).isPresent();
        assertThat(answerOf(second)).isPresent();
    }

    @Test
    void shouldContinueAtTheEndOfARange() throws Exception {
        for (String sequence : "d a c b".split(" ")) {
            send(sequence);
        }
        StateRead<StateRange> first = reads.range(0, START, 3).orElseThrow();
        topology.passTime(Duration.ofMillis(PartitionReads.TICK_MS));
        StateRead<StateRange> second = reads.range(0, answerOf(first).next(), 3).orElseThrow();
        topology.passTime(Duration.ofMillis(PartitionReads.TICK_WHEN_READ_MS));

        assertThat(answerOf(first).states())
                .extracting(state -> new String(state.key.get(), UTF_8))
                .containsExactly("a", "b", "c");
        assertThat(answerOf(second).states()).hasSize(1);
        assertThat(answerOf(second).next()).isNull();
    }

    @Test
    void shouldSkipAbandonedReads() throws Exception {
        StateRead<Optional<byte[]>> withdrawn = reads.get(0, bytes("a")).orElseThrow();

        withdrawn.withdraw();
        send("a");

        assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> answerOf(withdrawn));
    }

    @Test
    void shouldFailOpenReadsAtOnceWhenThePartitionMoves() {
        DrivenTopology owner = driven();
        assertThat(owner.reads().partitions()).containsExactly(0);
        StateRead<Optional<byte[]>> key = owner.reads().get(0, bytes("a")).orElseThrow();
        StateRead<StateRange> range = owner.reads().range(0, START, 10).orElseThrow();

        owner.close();

        assertThatExceptionOfType(InvalidStateStoreException.class)
                .isThrownBy(() -> answerOf(key))
                .withMessageContaining("moved");
        assertThatExceptionOfType(InvalidStateStoreException.class).isThrownBy(() -> answerOf(range));
        assertThat(owner.reads().partitions()).isEmpty();
        assertThat(owner.reads().get(0, bytes("a"))).isEmpty();
        assertThat(owner.reads().range(0, START, 10)).isEmpty();
    }
}
