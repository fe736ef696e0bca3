package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.EventModel;
import io.lstmstreams.output.Verdict.Ended;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes in the store that this model did not write: they are never read as numbers. */
class StoredStateTest {
    private static final Bytes KEY = Bytes.wrap("a".getBytes(UTF_8));

    private final EventModel model = TinyModels.events();
    private final Reference reference = new Reference(model);
    private DrivenTopology topology;

    @BeforeEach
    void start() {
        topology = new DrivenTopology(model, Map.of("lstm.sequence.idle.timeout.ms", "60000"));
    }

    @AfterEach
    void close() {
        topology.close();
    }

    private byte[] stateOfTwoSteps(EventModel by) {
        try (DrivenTopology other = new DrivenTopology(by, Map.of())) {
            other.send("a", event("open"));
            other.send("a", event("read"));
            return other.stored("a");
        }
    }

    @Test
    void shouldGoOnFromBytesOfItsOwn() {
        // Given
        reference.step("a", 0, "open");
        reference.step("a", 0, "read");

        // When
        topology.store().put(KEY, stateOfTwoSteps(model));
        long time = topology.send("a", event("write"));

        // Then
        assertThat(topology.results()).containsExactly(reference.step("a", time, "write"));
        assertThat(topology.metrics().statesDiscarded().sum()).isZero();
    }

    @Test
    void shouldStartAnewWhereAnotherModelWroteTheState() {
        assertThatStartsAnew(stateOfTwoSteps(TinyModels.events(99)));
    }

    @Test
    void shouldStartAnewWhereTheStateIsDamaged() {
        byte[] bytes = stateOfTwoSteps(model);
        bytes[bytes.length - 9] ^= 1;

        assertThatStartsAnew(bytes);
    }

    @Test
    void shouldStartAnewWhereTheStateIsCutOff() {
        byte[] bytes = stateOfTwoSteps(model);

        assertThatStartsAnew(Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void shouldStartAnewWhereTheStateHasAnotherVersion() {
        byte[] bytes = stateOfTwoSteps(model);
        bytes[0] = 3;

        assertThatStartsAnew(bytes);
    }

    private void assertThatStartsAnew(byte[] stored) {
        // Given
        topology.store().put(KEY, stored);

        // When
        long first = topology.send("a", event("write"));
        long second = topology.send("a", event("close"));

        // Then
        assertThat(topology.results())
                .containsExactly(reference.step("a", first, "write"), reference.step("a", second, "close"));
        assertThat(topology.metrics().statesDiscarded().sum()).isEqualTo(1);
    }

    @Test
    void shouldGiveNoVerdictOfAStateThatItCannotRead() {
        // Given
        topology.store().put(KEY, stateOfTwoSteps(TinyModels.events(99)));

        // When
        topology.send("a", null);

        // Then
        assertThat(topology.verdicts()).isEmpty();
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.metrics().statesDiscarded().sum()).isEqualTo(1);
    }

    @Test
    void shouldForgetAStateOfAnotherModelWhenItIsIdle() {
        // Given
        topology.store().put(KEY, stateOfTwoSteps(TinyModels.events(99)));
        reference.step("b", topology.send("b", event("open")), "open");

        // When
        topology.passTime(Duration.ofSeconds(61));

        // Then
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.verdicts()).containsExactly(reference.end("b", Ended.IDLE));
        assertThat(topology.metrics().statesDiscarded().sum()).isEqualTo(1);
    }

    @Test
    void shouldNotCountAStateAsDiscardedThatAStartForgets() {
        topology.store().put(KEY, stateOfTwoSteps(TinyModels.events(99)));

        topology.send("a", event("write"), headers("lstm.sequence", "start"));

        assertThat(topology.metrics().statesDiscarded().sum()).isZero();
    }
}
