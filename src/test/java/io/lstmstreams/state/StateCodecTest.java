package io.lstmstreams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.RecentEvents;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.Stepper;
import io.lstmstreams.recurrent.TestNetwork;
import io.lstmstreams.state.UnreadableStateException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateCodecTest {
    /** A network whose weights are zeros, so that the fingerprint depends only on the layout of the hashed bytes. */
    private static final Network ZEROS = new Network(
            "zeros",
            InputEncoding.ONE_HOT,
            List.of(new LstmLayer(1, 2, new float[8], new float[16], new float[8])),
            List.of(new Head("next", Activation.SOFTMAX, 2, 1, new float[2], new float[1])),
            new ScoringRule.None());

    private final Network network = TestNetwork.ofEvents(1, 3, 2, 1);
    private final StateCodec codec = new StateCodec(network);

    private static SequenceState known(Network network) {
        SequenceState state = new SequenceState(network);
        state.steps(7);
        state.lastEventTime(1_700_000_000_000L);
        state.verdict().restore(-3.5, -1.25, 5, 4, 6, true);
        for (int layer = 0; layer < state.layers(); layer++) {
            for (int k = 0; k < state.h(layer).length; k++) {
                state.h(layer)[k] = 0.5f + k;
                state.c(layer)[k] = -1f - k;
            }
        }
        return state;
    }

    /** The bytes of version 2, which must stay readable: a change needs a new version. */
    @Test
    void shouldWriteTheseBytes() {
        // Given
        SequenceState state = known(ZEROS);
        state.recentEvents().add(1);
        state.recentEvents().add(-2);
        state.processedAt(5);

        // When
        byte[] bytes = new StateCodec(ZEROS, 3).encode(state);

        // Then
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "02" // version
                                + "14590127494f3f57c2fb8305ede9aa2c" // model, its SHA-256 computed by another program
                                + "0700000000000000" // steps
                                + "0068e5cf8b010000" // time of the last event
                                + "01" // anomalous
                                + "0000000000000cc0" // sum of the log probabilities: -3.5
                                + "000000000000f4bf" // smallest: -1.25
                                + "0500000000000000" // at step
                                + "04000000" // largest rank
                                + "0600000000000000" // at step
                                + "0300000000000000" // id of the model
                                + "759b9892" // shape: CRC-32C of "h 2 c 2" and a line end, by another program
                                + "0500000000000000" // wall-clock time at which the last event was processed
                                + "02" // two event ids
                                + "0100000000000000" // 1
                                + "feffffffffffffff" // -2
                                + "0000003f0000c03f" // h: 0.5, 1.5
                                + "000080bf000000c0" // c: -1, -2
                                + "b43ceed5"); // CRC-32C, computed by another program
    }

    @Test
    void shouldReadTheBytesOfVersion1() {
        // Given
        byte[] bytes = HexFormat.of()
                .parseHex(
                        "01" // version
                                + "14590127494f3f57c2fb8305ede9aa2c" // model
                                + "0700000000000000" // steps
                                + "0068e5cf8b010000" // time of the last event
                                + "01" // anomalous
                                + "0000000000000cc0" // sum of the log probabilities: -3.5
                                + "000000000000f4bf" // smallest: -1.25
                                + "0500000000000000" // at step
                                + "04000000" // largest rank
                                + "0600000000000000" // at step
                                + "0000003f0000c03f" // h: 0.5, 1.5
                                + "000080bf000000c0" // c: -1, -2
                                + "70469e86");
        SequenceState state = new SequenceState(ZEROS);

        // When
        new StateCodec(ZEROS).decode(bytes, state);

        // Then
        assertThat(state).usingRecursiveComparison().isEqualTo(known(ZEROS));
        assertThat(StateCodec.lastEventTime(bytes)).isEqualTo(1_700_000_000_000L);
        assertThat(StateCodec.processedAt(bytes)).isZero();
        assertThat(StateCodec.isEnded(bytes)).isFalse();
        assertThat(StoredModel.of(bytes)).isEqualTo(new StoredModel(0, "14590127494f3f57c2fb8305ede9aa2c", 0));
    }

    @Test
    void shouldRecogniseEverySingleBitOfVersion1ThatFlips() {
        byte[] good = HexFormat.of()
                .parseHex(
                        "0114590127494f3f57c2fb8305ede9aa2c07000000000000000068e5cf8b010000010000000000000cc0"
                                + "000000000000f4bf05000000000000000400000006000000000000000000003f0000c03f000080bf000000c070469e86");

        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertUnreadable(flipped, Reason.DAMAGED);
        }
    }

    @Test
    void shouldKeepTheEventIdsOfAnEndedSequence() {
        // Given
        SequenceState state = known(network);
        for (int id = 1; id <= RecentEvents.CAPACITY + 3; id++) {
            state.recentEvents().add(id);
        }
        SequenceState back = known(network);

        // When
        byte[] bytes = codec.encodeEnded(state);
        codec.decode(bytes, back);

        // Then: a state without steps, which knows its last events
        assertThat(StateCodec.isEnded(bytes)).isTrue();
        assertThat(StateCodec.isEnded(codec.encode(state))).isFalse();
        assertThat(bytes).hasSize(91 + RecentEvents.CAPACITY * 8 + 4);
        assertThat(back.steps()).isZero();
        assertThat(back.verdict()).usingRecursiveComparison().isEqualTo(new SequenceState(network).verdict());
        assertThat(back.h(0)).containsOnly(0f);
        assertThat(back.recentEvents().size()).isEqualTo(RecentEvents.CAPACITY);
        assertThat(back.recentEvents().get(0)).isEqualTo(4);
        assertThat(back.recentEvents().contains(3)).isFalse();
        assertThat(back.recentEvents().contains(RecentEvents.CAPACITY + 3)).isTrue();
    }

    @Test
    void shouldCarryTheStateOfAnotherModelOfTheSameShape() {
        // Given
        Network other = TestNetwork.ofEvents(2, 3, 2, 1);
        SequenceState state = new SequenceState(other);

        // When
        new StateCodec(other, 9).carry(codec.encode(known(network)), state);

        // Then
        assertThat(state).usingRecursiveComparison().isEqualTo(known(network));
    }

    @Test
    void shouldNotCarryAStateOfAnotherOrAnUnknownShape() {
        // Given
        StateCodec wider = new StateCodec(TestNetwork.ofEvents(1, 3, 4));
        StateCodec twisted = new StateCodec(TestNetwork.ofEvents(1, 3, 1, 2)); // as many numbers
        byte[] bytes = codec.encode(known(network));

        // When, Then
        for (StateCodec other : List.of(wider, twisted)) {
            assertThatExceptionOfType(UnreadableStateException.class)
                    .isThrownBy(() -> other.carry(bytes, new SequenceState(network)))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_MODEL));
        }
    }

    @Test
    void shouldOverwriteThePreviousStateCompletely() {
        // Given: a state whose logits a stepper has computed
        Stepper stepper = PackedNetwork.of(network, Kernels.named("scalar")).stepper();
        SequenceState used = new SequenceState(network);
        stepper.logits(used);

        // When
        codec.decode(codec.encode(known(network)), used);

        // Then
        assertThat(stepper.logits(used)).isEqualTo(stepper.logits(known(network)));
    }

    @Test
    void shouldReadBackWhatItWrote() {
        // Given
        SequenceState state = known(network);
        state.c(1)[0] = Float.NaN;
        SequenceState back = new SequenceState(network);

        // When
        codec.decode(codec.encode(state), back);

        // Then
        assertThat(back.steps()).isEqualTo(7);
        assertThat(back.lastEventTime()).isEqualTo(1_700_000_000_000L);
        assertThat(back.verdict()).usingRecursiveComparison().isEqualTo(state.verdict());
        for (int layer = 0; layer < 2; layer++) {
            assertThat(back.h(layer)).isEqualTo(state.h(layer));
            assertThat(back.c(layer)).isEqualTo(state.c(layer));
        }
    }

    @Test
    void shouldReadBackAStateThatHasNotBegun() {
        SequenceState back = known(network);

        codec.decode(codec.encode(new SequenceState(network)), back);

        assertThat(back).usingRecursiveComparison().isEqualTo(new SequenceState(network));
    }

    @Test
    void shouldRecogniseEverySingleBitThatFlips() {
        // Given
        byte[] good = codec.encode(known(network));

        for (int bit = 0; bit < good.length * 8; bit++) {
            // When
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            // Then
            assertUnreadable(flipped, Reason.DAMAGED);
        }
    }

    private void assertUnreadable(byte[] bytes, Reason reason) {
        SequenceState state = known(network);
        assertThatExceptionOfType(UnreadableStateException.class)
                .as(() -> HexFormat.of().formatHex(bytes))
                .isThrownBy(() -> codec.decode(bytes, state))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
        assertThat(state).as("left as it was").usingRecursiveComparison().isEqualTo(known(network));
    }

    @Test
    void shouldRecogniseBytesThatAreCutShort() {
        byte[] good = codec.encode(known(network));

        for (int length = 1; length < good.length; length++) {
            assertUnreadable(Arrays.copyOf(good, length), Reason.DAMAGED);
        }
        assertUnreadable(Arrays.copyOf(good, good.length + 1), Reason.DAMAGED);
    }

    @Test
    void shouldRecogniseEmptyBytes() {
        assertUnreadable(new byte[0], Reason.DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 127, 255})
    void shouldRecogniseAnotherVersion(int version) {
        byte[] bytes = codec.encode(known(network));
        bytes[0] = (byte) version;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 4, (int) checksum.getValue());

        assertUnreadable(bytes, Reason.OTHER_VERSION);
    }

    @Test
    void shouldRecogniseTheStateOfAnotherModel() {
        Network sameShape = TestNetwork.ofEvents(2, 3, 2, 1);
        Network otherShape = TestNetwork.ofEvents(1, 3, 4);

        assertUnreadable(new StateCodec(sameShape).encode(known(sameShape)), Reason.OTHER_MODEL);
        assertUnreadable(new StateCodec(otherShape).encode(known(otherShape)), Reason.OTHER_MODEL);
    }

    @Test
    void shouldReadTheStateOfTheSameModelUnderAnotherName() {
        // Given
        Network renamed =
                new Network("b", network.encoding(), network.layers(), network.heads(), new ScoringRule.RankAbove(3));
        SequenceState back = new SequenceState(renamed);

        // When
        new StateCodec(renamed).decode(codec.encode(known(network)), back);

        // Then
        assertThat(back.steps()).isEqualTo(7);
    }

    @Test
    void shouldPredictTheBytesOfASequence() {
        // 91 before the layers, 4 bytes for each of h and c: 2 units and 1, and 4 of checksum
        assertThat(StateCodec.bytesPerSequence(network)).isEqualTo(91 + 2 * (2 + 1) * 4 + 4);
        assertThat(codec.encode(known(network))).hasSize(StateCodec.bytesPerSequence(network));
    }

    @Test
    void shouldReadTheTimeOfTheLastEventAlone() {
        assertThat(StateCodec.lastEventTime(codec.encode(known(network)))).isEqualTo(1_700_000_000_000L);
    }

    @Test
    void shouldReturnNoTimeForInvalidBytes() {
        byte[] otherVersion = codec.encode(known(network));
        otherVersion[0] = 3;

        assertThat(StateCodec.lastEventTime(otherVersion)).isEqualTo(Long.MAX_VALUE);
        assertThat(StateCodec.lastEventTime(new byte[0])).isEqualTo(Long.MAX_VALUE);
        assertThat(StateCodec.lastEventTime(new byte[] {1, 2, 3})).isEqualTo(Long.MAX_VALUE);
    }
}
