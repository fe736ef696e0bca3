package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers around the recurrent ones, wirings other than chains, inputs other than a single one-hot vector, and windows.
 */
class GraphTest {
    private static final ScoringRule NO_RULE = new ScoringRule.None();

    private final SplittableRandom random = new SplittableRandom(5);

    private LstmLayer lstm(int inputs, int units) {
        return TestNetwork.layer(random, inputs, units);
    }

    private DenseLayer dense(int inputs, int outputs, Activation activation) {
        return new DenseLayer(
                inputs,
                outputs,
                TestNetwork.weights(random, inputs * outputs),
                TestNetwork.weights(random, outputs),
                activation);
    }

    private Head softmax(int inputs, int outputs) {
        return new Head(
                "next",
                Activation.SOFTMAX,
                inputs,
                outputs,
                TestNetwork.weights(random, inputs * outputs),
                TestNetwork.weights(random, outputs));
    }

    private static Stepper stepper(Network network, String kernel) {
        return PackedNetwork.of(network, KernelNames.kernel(kernel)).stepper();
    }

    private static float[] x(int size, int... hot) {
        float[] x = new float[size];
        for (int index : hot) {
            x[index] = 1f;
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("io.lstmstreams.recurrent.KernelNames#all")
    void shouldFoldAnEmbeddingIntoTheLayerAboveWithoutChangingItsNumbers(String kernel) {
        // Given: one network that embeds, and one whose LSTM takes the embedded vectors
        float[] table = TestNetwork.weights(random, 6 * 4);
        EmbeddingLayer embedding = new EmbeddingLayer(6, 4, 0, table, false);
        LstmLayer lstm = lstm(4, 5);
        Network network = new Network("m", InputEncoding.ONE_HOT, List.of(embedding, lstm), List.of(), NO_RULE);
        Network inner = new Network("m", InputEncoding.DENSE, List.of(lstm), List.of(), NO_RULE);
        SequenceState state = new SequenceState(network);
        SequenceState expected = new SequenceState(inner);

        for (int event : new int[] {0, 5, 5, 2}) {
            // When
            stepper(network, kernel).step(SparseInput.oneHot(event), state);
            stepper(inner, kernel)
                    .step(SparseInput.dense(Arrays.copyOfRange(table, 4 * event, 4 * event + 4)), expected);

            // Then
            assertThat(state.h(0)).containsExactly(expected.h(0), within(1e-6f));
        }
    }

    @Test
    void shouldLookUpAnEmbeddingThatOtherLayersThanProductsRead() {
        // Given: a residual connection around the LSTM, from the embedding
        EmbeddingLayer embedding = new EmbeddingLayer(3, 4, 0, TestNetwork.weights(random, 12), false);
        Network network = new Network(
                "m",
                InputShape.oneHot(3),
                List.of(embedding, lstm(4, 4), new MergeLayer(MergeLayer.Kind.ADD, List.of(4, 4))),
                new Wiring(List.of(List.of(-1), List.of(0), List.of(0, 1)), List.of(2)),
                List.of(Head.identity("sum", Activation.LINEAR, 4)),
                Execution.CARRY,
                NO_RULE);
        SequenceState state = new SequenceState(network);
        Stepper stepper = stepper(network, "scalar");

        // When
        stepper.step(SparseInput.oneHot(1), state);

        // Then
        float[] sum = stepper.output(0, 0);
        for (int k = 0; k < 4; k++) {
            assertThat(sum[k]).isEqualTo(embedding.weights()[4 + k] + state.h(0)[k]);
        }
    }

    @Test
    void shouldLeaveEveryStateAsItIsAtAMaskedEvent() {
        // Given
        EmbeddingLayer embedding = new EmbeddingLayer(3, 4, 0, TestNetwork.weights(random, 12), true);
        Network network = new Network(
                "m", InputEncoding.ONE_HOT, List.of(embedding, lstm(4, 4)), List.of(softmax(4, 3)), NO_RULE);
        SequenceState state = new SequenceState(network);
        Stepper stepper = stepper(network, "scalar");
        stepper.step(SparseInput.oneHot(2), state);
        float[] h = state.h(0).clone();
        float[] output = stepper.output(0, 0);

        // When
        stepper.step(SparseInput.oneHot(0), state);

        // Then
        assertThat(state.h(0)).isEqualTo(h);
        assertThat(stepper.output(0, 0)).isEqualTo(output);
        assertThat(state.steps()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void shouldReadZerosAndLeaveEveryStateAsItIsAtAnEventOfTheMaskValue(int window) {
        // Given: a residual connection around the LSTM, from the input
        LstmLayer lstm = lstm(4, 4);
        Network masked = residual(lstm, new Execution(window, false, -9f));
        Network plain = residual(lstm, new Execution(window, false));
        SequenceState state = new SequenceState(masked);
        SequenceState expected = new SequenceState(plain);
        Stepper stepper = stepper(masked, "vector");
        float[] almost = {-9f, -9f, 3f, -9f};
        stepper.step(SparseInput.dense(almost), state);
        stepper(plain, "scalar").step(SparseInput.dense(almost), expected);
        assertThat(state.h(0)).containsExactly(expected.h(0), within(1e-6f));

        // When
        stepper.step(SparseInput.dense(new float[] {-9f, -9f, -9f, -9f}), state);

        // Then
        assertThat(state.h(0)).containsExactly(expected.h(0), within(1e-6f));
        assertThat(stepper.output(0, 0)).containsExactly(expected.h(0), within(1e-6f)); // h + 0
        assertThat(state.steps()).isEqualTo(2);
        assertThat(masked.fingerprintHex()).isNotEqualTo(plain.fingerprintHex());
    }

    private static Network residual(LstmLayer lstm, Execution execution) {
        return new Network(
                "m",
                InputShape.dense(4),
                List.of(lstm, new MergeLayer(MergeLayer.Kind.ADD, List.of(4, 4))),
                new Wiring(List.of(List.of(-1), List.of(-1, 0)), List.of(1)),
                List.of(Head.identity("sum", Activation.LINEAR, 4)),
                execution,
                NO_RULE);
    }

    @Test
    void shouldRunEveryLayerWithoutAState() {
        // Given: x -> slice -> dense -> scale -> norm -> activation -> lstm, and a product and a concatenation with x
        DenseLayer dense = dense(2, 3, Activation.of(Activation.Kind.RELU));
        ScaleLayer scale = new ScaleLayer(new float[] {2, -1, 0.5f}, new float[] {0.1f, 0.2f, -0.3f});
        NormalisationLayer norm = new NormalisationLayer(new float[] {1, 2, 3}, new float[] {0, 1, 0}, 1e-3);
        LstmLayer lstm = lstm(10, 2);
        Network network = new Network(
                "m",
                InputShape.dense(4),
                List.of(
                        new SliceLayer(4, 1, 2),
                        dense,
                        scale,
                        norm,
                        new ActivationLayer(3, Activation.TANH),
                        new MergeLayer(MergeLayer.Kind.MULTIPLY, List.of(3, 3)),
                        new MergeLayer(MergeLayer.Kind.CONCAT, List.of(3, 3, 4)),
                        lstm),
                new Wiring(
                        List.of(
                                List.of(-1),
                                List.of(0),
                                List.of(1),
                                List.of(2),
                                List.of(3),
                                List.of(4, 2),
                                List.of(4, 5, -1),
                                List.of(6)),
                        List.of(6)),
                List.of(Head.identity("features", Activation.LINEAR, 10)),
                Execution.CARRY,
                NO_RULE);
        float[] x = {0.3f, -0.8f, 1.2f, 0.4f};
        Stepper stepper = stepper(network, "scalar");
        SequenceState state = new SequenceState(network);

        // When
        stepper.step(SparseInput.dense(x), state);

        // Then
        double[] a = new double[3];
        for (int k = 0; k < 3; k++) {
            double z = dense.weights()[2 * k] * x[1] + dense.weights()[2 * k + 1] * x[2] + dense.bias()[k];
            a[k] = scale.scale()[k] * Math.max(0, z) + scale.shift()[k];
        }
        double mean = (a[0] + a[1] + a[2]) / 3;
        double variance = 0;
        for (double value : a) {
            variance += (value - mean) * (value - mean) / 3;
        }
        float[] expected = new float[10];
        for (int k = 0; k < 3; k++) {
            double n = norm.scale()[k] * (a[k] - mean) / Math.sqrt(variance + 1e-3) + norm.shift()[k];
            expected[k] = (float) Math.tanh(n);
            expected[3 + k] = (float) (Math.tanh(n) * a[k]);
        }
        System.arraycopy(x, 0, expected, 6, 4);
        assertThat(stepper.output(0, 0)).containsExactly(expected, within(2e-6f));
        assertThat(state.features()).containsExactly(expected, within(2e-6f));
    }

    @ParameterizedTest
    @MethodSource("io.lstmstreams.recurrent.KernelNames#all")
    void shouldTreatSparseInputAsTheWholeVector(String kernel) {
        // Given
        LstmLayer lstm = lstm(7, 6);
        Network fields = new Network(
                "m",
                new InputShape(InputEncoding.FIELDS, 7, 3, 3),
                List.of(lstm),
                Wiring.chain(1, 0),
                List.of(),
                Execution.CARRY,
                NO_RULE);
        Network dense = new Network("m", InputEncoding.DENSE, List.of(lstm), List.of(), NO_RULE);
        SequenceState state = new SequenceState(fields);
        SequenceState expected = new SequenceState(dense);

        // When
        for (int step = 0; step < 5; step++) {
            stepper(fields, kernel)
                    .step(SparseInput.sparse(1, new int[] {1, 4, 6}, new float[] {1f, 1f, -0.5f * step}), state);
            float[] x = x(7, 1, 4);
            x[6] = -0.5f * step;
            stepper(dense, kernel).step(SparseInput.dense(x), expected);
        }

        // Then
        assertThat(state.h(0)).containsExactly(expected.h(0), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRunTheLastEventsFromZeroInAWindow(boolean padded) {
        // Given
        LstmLayer lstm = lstm(4, 5);
        Head head = softmax(5, 4);
        Network window = new Network(
                "m",
                InputShape.oneHot(4),
                List.of(lstm),
                Wiring.chain(1, 1),
                List.of(head),
                new Execution(3, padded),
                NO_RULE);
        Network carry = new Network("m", InputEncoding.DENSE, List.of(lstm), List.of(head), NO_RULE);
        SequenceState state = new SequenceState(window);
        Stepper stepper = stepper(window, "scalar");
        Stepper reference = stepper(carry, "scalar");
        int[] events = {1, 3, 0, 2, 2, 1};

        for (int last = 0; last < events.length; last++) {
            // When
            stepper.step(SparseInput.oneHot(events[last]), state);

            // Then
            SequenceState expected = new SequenceState(carry);
            int first = Math.max(0, last - 2);
            for (int missing = last - first + 1; padded && missing < 3; missing++) {
                reference.step(SparseInput.dense(new float[4]), expected);
            }
            for (int i = first; i <= last; i++) {
                reference.step(SparseInput.dense(x(4, events[i])), expected);
            }
            assertThat(state.h(0)).containsExactly(expected.h(0), within(1e-6f));
            assertThat(state.features()).containsExactly(expected.h(0), within(1e-6f));
            assertThat(stepper.logits(state)).containsExactly(reference.logits(expected), within(1e-5f));
            assertThat(state.steps()).isEqualTo(last + 1);
            assertThat(state.window().size()).isEqualTo(Math.min(3, last + 1));
        }
    }

    @Test
    void shouldPredictFromAStateThatAnotherSequenceWasSteppedAfter() {
        // Given: a head that reads the input too, so that its output does not follow from (h, c) alone
        Network network = new Network(
                "m",
                InputShape.oneHot(3),
                List.of(lstm(3, 3), new MergeLayer(MergeLayer.Kind.ADD, List.of(3, 3))),
                new Wiring(List.of(List.of(-1), List.of(0, -1)), List.of(1)),
                List.of(softmax(3, 3)),
                Execution.CARRY,
                NO_RULE);
        Stepper stepper = stepper(network, "scalar");
        SequenceState state = new SequenceState(network);
        SequenceState other = new SequenceState(network);
        stepper.step(SparseInput.oneHot(2), state);
        float[] logits = stepper.logits(0, 0).clone();

        // When
        stepper.step(SparseInput.oneHot(0), other);

        // Then
        assertThat(stepper.logits(state)).isEqualTo(logits);
    }

    @Test
    void shouldRefuseAGraphThatDoesNotFit() {
        assertRefused(
                new Wiring(List.of(List.of(-1), List.of(0, 1)), List.of(1)),
                "layer 1 reads layer 1, which does not come before it");
        assertRefused(
                new Wiring(List.of(List.of(-1), List.of(0)), List.of(1)),
                "layer 1 takes 6 values, but layer 0 gives 3");
        assertRefused(
                new Wiring(List.of(List.of(-1), List.of(0, -1)), List.of(7)),
                "head next reads layer 7, which does not exist");
        assertRefused(
                new Wiring(List.of(List.of(-1)), List.of(0)),
                "the wiring must have 2 layers and 1 heads, but has 1 and 1");
    }

    private void assertRefused(Wiring wiring, String message) {
        List<Layer> layers = List.of(lstm(3, 3), new MergeLayer(MergeLayer.Kind.ADD, List.of(3, 3)));
        List<Head> heads = List.of(softmax(3, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Network("m", InputShape.oneHot(3), layers, wiring, heads, Execution.CARRY, NO_RULE))
                .withMessage(message);
    }
}
