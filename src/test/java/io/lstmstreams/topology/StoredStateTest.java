package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.input.Model;
import io.lstmstreams.output.Verdict.Ended;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes in the store that this model did not write: they are never read as numbers. */
class StoredStateTest {
    private static final Bytes KEY = Bytes.wrap("a".getBytes(UTF_8));

    private final Model model = TinyModels.events();
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

    private byte[] stateOfTwoSteps(Model by) {
        try (DrivenTopology other = new DrivenTopology(by, Map.of())) {
            other.send("a", event("open"));
            other.send("a", event("read"));
            return other.stored("a");
        }
    }

    @Test
    void shouldContinueFromItsOwnBytes() {
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
    void shouldRestartIfAnotherModelWroteTheState() {
        assertThatStartsAnew(stateOfTwoSteps(TinyModels.events(99)));
    }

    @Test
    @Tag("newer-kafka")
    void shouldRefuseTheRecordAndRestartIfTheStateIsDamaged() {
        byte[] bytes = stateOfTwoSteps(model);
        bytes[bytes.length - 9] ^= 1;

        assertThatRefusesOneRecord(bytes, "the stored state is damaged: its checksum is wrong");
    }

    @Test
    @Tag("newer-kafka")
    void shouldRefuseTheRecordAndRestartIfTheStateIsCutOff() {
        byte[] bytes = stateOfTwoSteps(model);

        assertThatRefusesOneRecord(
                Arrays.copyOf(bytes, bytes.length / 2), "the stored state is damaged: its checksum is wrong");
    }

    @Test
    @Tag("newer-kafka")
    void shouldRefuseTheRecordAndRestartIfTheStateHasALaterVersion() {
        assertThatRefusesOneRecord(
                ofVersion3(stateOfTwoSteps(model)),
                "the stored state has layout version 3, but this release reads versions 1 and 2");
    }

    private static byte[] ofVersion3(byte[] bytes) {
        bytes[0] = 3;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 4, (int) checksum.getValue());
        return bytes;
    }

    private void assertThatRefusesOneRecord(byte[] stored, String reason) {
        // Given
        topology.store().put(KEY, stored);

        // When
        topology.send("a", event("open"));
        long second = topology.send("a", event("close"));

        // Then
        assertThat(topology.results()).containsExactly(reference.step("a", second, "close"));
        assertThat(topology.metrics().statesUnreadable().sum()).isEqualTo(1);
        assertThat(topology.metrics().deadLetters().sum()).isEqualTo(1);
        assertThat(topology.readRecords("dead-letters")).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo(KEY.get());
            assertThat(letter.value()).isEqualTo(event("open").getBytes(UTF_8));
            assertThat(letter.headers().lastHeader("__streams.errors.message").value())
                    .asString(UTF_8)
                    .isEqualTo(reason);
            assertThat(letter.headers().lastHeader("__streams.errors.state").value())
                    .isEqualTo(stored);
        });
    }

    @Test
    void shouldStopAtADamagedStateIfConfigured() {
        try (DrivenTopology failing = new DrivenTopology(model, Map.of("lstm.state.unreadable", "fail"))) {
            // Given
            byte[] bytes = stateOfTwoSteps(model);
            bytes[bytes.length - 9] ^= 1;
            failing.store().put(KEY, bytes);

            // When, Then: with all parts unchanged
            assertThatThrownBy(() -> failing.send("a", event("open")))
                    .hasRootCauseMessage(
                            "the stored state is damaged: its checksum is wrong, and lstm.state.unreadable=fail");
            assertThat(failing.stored("a")).isEqualTo(bytes);
            assertThat(failing.metrics().statesUnreadable().sum()).isEqualTo(1);
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldSendTheBytesOfADamagedStateThatIsIdleToTheDeadLetters() {
        // Given
        byte[] bytes = stateOfTwoSteps(model);
        bytes[bytes.length - 9] ^= 1;
        topology.store().put(KEY, bytes);
        topology.send("b", event("open"));

        // When
        topology.passTime(Duration.ofSeconds(61));

        // Then
        assertThat(topology.stored("a")).isNull();
        assertThat(topology.readRecords("dead-letters")).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo(KEY.get());
            assertThat(letter.value()).isNull();
            assertThat(letter.headers().lastHeader("__streams.errors.state").value())
                    .isEqualTo(bytes);
        });
    }

    @Test
    void shouldDiscardADamagedStateIfTheSequenceRestartsAnyway() {
        // Given
        byte[] bytes = stateOfTwoSteps(model);
        bytes[bytes.length - 9] ^= 1;
        topology.store().put(KEY, bytes);

        // When
        long time = topology.send("a", event("write"), headers("lstm.sequence", "start"));

        // Then
        assertThat(topology.results()).containsExactly(reference.step("a", time, "write"));
        assertThat(topology.metrics().statesUnreadable().sum()).isZero();
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
    void shouldWriteNoVerdictOfAnUnreadableState() {
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
    void shouldDeleteAStateOfAnotherModelWhenItIsIdle() {
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
    void shouldNotCountAStateAsDiscardedIfAStartReplacesIt() {
        topology.store().put(KEY, stateOfTwoSteps(TinyModels.events(99)));

        topology.send("a", event("write"), headers("lstm.sequence", "start"));

        assertThat(topology.metrics().statesDiscarded().sum()).isZero();
    }
}
