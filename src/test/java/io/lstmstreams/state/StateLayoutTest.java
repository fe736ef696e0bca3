package io.lstmstreams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.DenseLayer;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.GruLayer.GruOptions;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;
import io.lstmstreams.recurrent.Wiring;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The bytes of states other than the (h, c) of LSTMs. Another program computed the fingerprints, which are of zero
 * weights, and the checksums. A change needs a new version; version 1 stays readable.
 */
class StateLayoutTest {
    private static final String BEFORE_THE_LAYERS = "0700000000000000" // steps
            + "0068e5cf8b010000" // time of the last event
            + "01" // anomalous
            + "0000000000000cc0" // sum of the log probabilities: -3.5
            + "000000000000f4bf" // smallest: -1.25
            + "0500000000000000" // at step
            + "04000000" // largest rank
            + "0600000000000000"; // at step

    private static Network network(InputShape input, Execution execution, Head head, Layer... layers) {
        return new Network(
                "zeros",
                input,
                List.of(layers),
                Wiring.chain(layers.length, 1),
                List.of(head),
                execution,
                new ScoringRule.None());
    }

    private static LstmLayer lstm(int inputs) {
        return new LstmLayer(inputs, 1, new float[4 * inputs], new float[4], new float[4]);
    }

    private static Head head(Activation activation, int inputs, int outputs) {
        return new Head("next", activation, inputs, outputs, new float[outputs * inputs], new float[outputs]);
    }

    /** Returns a state after these events, with numbers that are easy to find in its bytes. */
    private static SequenceState known(Network network, SparseInput... events) {
        SequenceState state = new SequenceState(network);
        Stepper stepper = PackedNetwork.of(network, Kernels.named("scalar")).stepper();
        for (SparseInput event : events) {
            stepper.step(event, state);
        }
        state.steps(7);
        state.lastEventTime(1_700_000_000_000L);
        state.verdict().restore(-3.5, -1.25, 5, 4, 6, true);
        if (state.hasOwnFeatures()) {
            number(state.features(), 10f, 1f);
        }
        number(state.h(0), 0.5f, 1f);
        number(state.c(0), -1f, -1f);
        return state;
    }

    /**
     * Asserts that a state is encoded as these bytes, and that those of version 1 are read as the same state.
     *
     * @param shape the checksum of the text that describes the numbers' shape
     * @param checksum the checksum of version 2
     * @param checksum1 the checksum of version 1
     */
    private static void assertBytes(
            SequenceState state,
            Network network,
            String fingerprint,
            String shape,
            String numbers,
            String checksum,
            String checksum1) {
        // When
        StateCodec codec = new StateCodec(network);
        byte[] bytes = codec.encode(state);
        SequenceState upgraded = new SequenceState(network);
        codec.decode(HexFormat.of().parseHex("01" + fingerprint + BEFORE_THE_LAYERS + numbers + checksum1), upgraded);

        // Then
        String version2 = "02" + fingerprint + BEFORE_THE_LAYERS
                + "0000000000000000" // the only model
                + shape
                + "0000000000000000" // the time of processing is not recorded
                + "00" // no event ids
                + numbers + checksum;
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(version2);
        assertThat(bytes).hasSize(StateCodec.bytesPerSequence(network));
        assertThat(HexFormat.of().formatHex(codec.encode(upgraded))).isEqualTo(version2);
    }

    private static void number(float[] values, float from, float step) {
        for (int k = 0; k < values.length; k++) {
            values[k] = from + step * k;
        }
    }

    @Test
    void shouldWriteNoCellStateOfAGru() {
        GruLayer gru = new GruLayer(1, 2, new float[6], new float[12], new float[6], new float[2], GruOptions.NONE);
        Network network = network(InputShape.oneHot(1), Execution.CARRY, head(Activation.SOFTMAX, 2, 1), gru);

        assertBytes(
                known(network),
                network,
                "fea111f5c763d939bc3ca5dbd5f7f141",
                "9babddb5",
                "0000003f0000c03f", // h: 0.5, 1.5
                "8eef2131",
                "28e04af1");
    }

    @Test
    void shouldWriteTheFirstHeadsInputIfItIsNotAHiddenState() {
        DenseLayer dense = new DenseLayer(1, 2, new float[2], new float[2], Activation.LINEAR);
        Network network =
                network(InputShape.oneHot(1), Execution.CARRY, head(Activation.SOFTMAX, 2, 1), lstm(1), dense);

        assertBytes(
                known(network),
                network,
                "f3ca298f49c5034db9bba8117339add8",
                "27aecf84",
                "0000003f" // h: 0.5
                        + "000080bf" // c: -1
                        + "0000204100003041", // features: 10, 11
                "5ad39070",
                "338a833b");
    }

    @Test
    void shouldWriteTheInputIndexesOfAWindowOfOneHotEvents() {
        Network network =
                network(InputShape.oneHot(3), new Execution(3, true), head(Activation.SOFTMAX, 1, 3), lstm(3));

        assertBytes(
                known(network, SparseInput.oneHot(2), SparseInput.oneHot(0)),
                network,
                "8dd997df334e47bad3296b1f4fca33df",
                "3a69c6d5",
                "00002041" // features: 10
                        + "02000000" // two events
                        + "0200000000000000" // input indexes 2 and 0
                        + "00000000", // an unused entry
                "371a20e7",
                "dca4acc0");
    }

    @Test
    void shouldWriteTheNumbersOfAWindowOfDenseEvents() {
        Network network = network(InputShape.dense(2), new Execution(2, false), head(Activation.LINEAR, 1, 1), lstm(2));

        assertBytes(
                known(network, SparseInput.dense(new float[] {1.5f, -2f})),
                network,
                "b5fc6286ef9827c2550dcd098d5bb5b9",
                "12a71d4a",
                "00002041" // features: 10
                        + "01000000" // one event
                        + "0000c03f000000c0" // 1.5, -2
                        + "0000000000000000", // an unused entry
                "bc138b77",
                "7fa59e41");
    }

    @Test
    void shouldWriteIndexesAndValuesOfAWindowOfFieldsTheOldestEventFirst() {
        Network network = network(
                new InputShape(InputEncoding.FIELDS, 4, 3, 2),
                new Execution(2, false),
                head(Activation.LINEAR, 1, 1),
                lstm(4));

        assertBytes(
                known(network, fields(0, 9f), fields(1, 0.5f), fields(2, -0.5f)),
                network,
                "9499f0e66221c284d1e52159553ac274",
                "495075c1",
                "00002041" // features: 10
                        + "02000000" // two events
                        + "0100000003000000" // input indexes 1 and 3
                        + "0000803f0000003f" // 1 and 0.5
                        + "0200000003000000" // input indexes 2 and 3
                        + "0000803f000000bf", // 1 and -0.5
                "efba4d5b",
                "19e0d4a5");
    }

    /** Returns an input with a one-hot field of three elements, and a number. */
    private static SparseInput fields(int index, float number) {
        return SparseInput.sparse(index, new int[] {index, 3}, new float[] {1f, number});
    }
}
