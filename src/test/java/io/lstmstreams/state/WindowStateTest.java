package io.lstmstreams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.recurrent.EventWindow;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;
import io.lstmstreams.recurrent.TestNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** States that hold the last events of a sequence. */
class WindowStateTest {
    private static final int LENGTH = 3;
    private static final int SIZE = 4;

    /** Returns windows that are empty, partly filled, full, and full after older events were removed. */
    private static Stream<Arguments> windows() {
        return Stream.of(InputEncoding.values())
                .flatMap(encoding ->
                        IntStream.rangeClosed(0, 2 * LENGTH).mapToObj(events -> Arguments.of(encoding, events)));
    }

    private static Network network(InputEncoding encoding) {
        InputShape input = switch (encoding) {
            case ONE_HOT -> InputShape.oneHot(SIZE);
            case DENSE -> InputShape.dense(SIZE);
            case INDEX -> InputShape.index(SIZE);
            case FIELDS -> new InputShape(InputEncoding.FIELDS, SIZE, SIZE - 1, 2);
        };
        Network shape = TestNetwork.of(3, InputEncoding.DENSE, input.size(), new ScoringRule.None(), 2, 3);
        return new Network(
                "windows",
                input,
                shape.layers(),
                shape.wiring(),
                shape.heads(),
                new Execution(LENGTH, true),
                shape.scoring());
    }

    /** Returns an event, another one for each number. */
    private static SparseInput event(InputEncoding encoding, int number) {
        int index = number % (SIZE - 1);
        return switch (encoding) {
            case ONE_HOT -> SparseInput.oneHot(index);
            case DENSE -> SparseInput.dense(new float[] {number, 0.5f, -number, 0.25f * number});
            case INDEX -> SparseInput.dense(index, new float[] {index});
            case FIELDS -> SparseInput.sparse(index, new int[] {index, SIZE - 1}, new float[] {1f, 0.5f * number});
        };
    }

    private static Stepper stepper(Network network) {
        return PackedNetwork.of(network, Kernels.named("scalar")).stepper();
    }

    private static SequenceState after(Network network, int from, int to) {
        SequenceState state = new SequenceState(network);
        Stepper stepper = stepper(network);
        for (int number = from; number < to; number++) {
            stepper.step(event(network.encoding(), number), state);
        }
        return state;
    }

    @ParameterizedTest
    @MethodSource("windows")
    void shouldContinueUnchangedAfterItWasStored(InputEncoding encoding, int events) {
        // Given
        Network network = network(encoding);
        SequenceState state = after(network, 0, events);
        StateCodec codec = new StateCodec(network);
        SequenceState back = after(network, 20, 25); // of another sequence, whose ring begins at another index

        // When
        codec.decode(codec.encode(state), back);

        // Then
        assertThat(codec.encode(back)).isEqualTo(codec.encode(state));
        assertThat(back.window().size()).isEqualTo(Math.min(events, LENGTH));
        assertThat(back.features()).isEqualTo(state.features());
        Stepper stepper = stepper(network);
        for (int number = 10; number < 10 + 2 * LENGTH; number++) {
            stepper.step(event(encoding, number), state);
            stepper.step(event(encoding, number), back);
            assertThat(back.features()).as("event %d", number).isEqualTo(state.features());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRecogniseEverySingleBitThatFlips(InputEncoding encoding) {
        // Given
        Network network = network(encoding);
        StateCodec codec = new StateCodec(network);
        byte[] good = codec.encode(after(network, 0, 4));
        SequenceState state = after(network, 20, 22);
        byte[] untouched = codec.encode(state);

        for (int bit = 0; bit < good.length * 8; bit++) {
            // When
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            // Then
            assertThatExceptionOfType(UnreadableStateException.class).isThrownBy(() -> codec.decode(flipped, state));
        }
        assertThat(codec.encode(state)).isEqualTo(untouched);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAnImpossibleWindowWithARightChecksum(InputEncoding encoding) {
        // Given
        Network network = network(encoding);
        StateCodec codec = new StateCodec(network);
        byte[] good = codec.encode(after(network, 0, 2));
        SequenceState state = after(network, 20, 22);
        byte[] untouched = codec.encode(state);
        int numbersAt = good.length - Integer.BYTES - windowBytes(network);

        int least =
                encoding == InputEncoding.ONE_HOT ? -1 : -2; // -1 is an unused entry of an event with several entries
        for (int impossible : new int[] {least, LENGTH + SIZE, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            boolean hasIndexes = state.window().indexes(0).length > 0;
            for (int at = 0; at <= (hasIndexes ? 1 : 0); at++) { // the number of events, and an index of the first one
                // When
                byte[] forged = good.clone();
                ByteBuffer.wrap(forged)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(numbersAt + at * Integer.BYTES, impossible);
                CRC32C checksum = new CRC32C();
                checksum.update(forged, 0, forged.length - Integer.BYTES);
                ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putInt(forged.length - Integer.BYTES, (int)
                        checksum.getValue());

                // Then
                assertThatExceptionOfType(UnreadableStateException.class)
                        .isThrownBy(() -> codec.decode(forged, state))
                        .satisfies(e -> assertThat(e.reason()).isEqualTo(UnreadableStateException.Reason.DAMAGED));
            }
        }
        assertThat(codec.encode(state)).isEqualTo(untouched);
    }

    private static int windowBytes(Network network) {
        EventWindow window = new SequenceState(network).window();
        int values = network.encoding() == InputEncoding.ONE_HOT ? 0 : window.values(0).length;
        return Integer.BYTES + window.capacity() * (window.indexes(0).length + values) * Integer.BYTES;
    }
}
