package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final ScoringRule NO_RULE = new ScoringRule.None();

    private static LstmLayer layer(int inputs, int units) {
        return TestNetwork.layer(new SplittableRandom(1), inputs, units);
    }

    private static Head head(String name, int inputs, int outputs) {
        return new Head(name, Activation.SOFTMAX, inputs, outputs, new float[inputs * outputs], new float[outputs]);
    }

    private static Network network(List<LstmLayer> layers, Head... heads) {
        return new Network("m", InputEncoding.ONE_HOT, layers, List.of(heads), NO_RULE);
    }

    @Test
    void shouldRefuseAModelWithoutLayers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network(List.of(), head("next", 2, 3)))
                .withMessage("a network must have at least one recurrent layer");
    }

    @Test
    void shouldPredictNothingWithoutHeads() {
        assertThat(network(List.of(layer(3, 2))).predictsEvents()).isFalse();
    }

    @Test
    void shouldRefuseALayerThatDoesNotFitTheLayerBelow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network(List.of(layer(3, 2), layer(4, 2)), head("next", 2, 3)))
                .withMessage("layer 1 takes 4 values, but layer 0 gives 2");
    }

    @Test
    void shouldRefuseAHeadThatDoesNotFitTheTopLayer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network(List.of(layer(3, 2)), head("next", 5, 3)))
                .withMessage("head next takes 5 values, but the top layer gives 2");
    }

    @Test
    void shouldRefuseAMaskIfAnotherLayerReadsTheInput() {
        EmbeddingLayer masking = new EmbeddingLayer(3, 2, 0, new float[6], true);
        EmbeddingLayer other = new EmbeddingLayer(3, 1, 0, new float[3], false);
        MergeLayer both = new MergeLayer(MergeLayer.Kind.CONCAT, List.of(2, 1));
        Wiring wiring =
                new Wiring(List.of(List.of(Wiring.INPUT), List.of(Wiring.INPUT), List.of(0, 1), List.of(2)), List.of());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Network(
                        "m",
                        InputShape.oneHot(3),
                        List.of(masking, other, both, layer(3, 2)),
                        wiring,
                        List.of(),
                        Execution.CARRY,
                        NO_RULE))
                .withMessage("layer 0, an embedding that masks event 0, must be the only layer that reads the input:"
                        + " otherwise the recurrent layers to mask are ambiguous");
    }

    @Test
    void shouldRefuseTwoHeadsWithTheSameName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network(List.of(layer(3, 2)), head("next", 2, 3), head("next", 2, 1)))
                .withMessage("two heads are named next");
    }

    @Test
    void shouldRefuseArraysThatDoNotFitTheirShape() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LstmLayer(3, 2, new float[23], new float[16], new float[8]))
                .withMessage("input weights: 23 values for shape 8 x 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LstmLayer(3, 2, new float[24], new float[17], new float[8]))
                .withMessage("recurrent weights: 17 values for shape 8 x 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LstmLayer(3, 2, new float[24], new float[16], new float[4]))
                .withMessage("bias: 4 values for shape 8 x 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LstmLayer(0, 2, new float[0], new float[16], new float[8]))
                .withMessage("input weights: shape 8 x 0 is empty");
    }

    @Test
    void shouldRefuseAHeadWhoseNameIsNoText() {
        assertThatIllegalArgumentException().isThrownBy(() -> head("half a \ud83d", 2, 3));
    }

    @Test
    void shouldPredictEventsOnlyWithASoftmaxOverItsOwnOneHotInput() {
        // Given
        List<LstmLayer> layers = List.of(layer(3, 2));
        Head linear = new Head("next", Activation.LINEAR, 2, 3, new float[6], new float[3]);

        // Then
        assertThat(network(layers, head("next", 2, 3)).predictsEvents()).isTrue();
        assertThat(network(layers, head("next", 2, 4)).predictsEvents()).isTrue(); // one more output: the end
        assertThat(network(layers, head("next", 2, 5)).predictsEvents()).isFalse();
        assertThat(network(layers, linear).predictsEvents()).isFalse();
        assertThat(new Network("m", InputEncoding.DENSE, layers, List.of(head("next", 2, 3)), NO_RULE).predictsEvents())
                .isFalse();
    }

    @Test
    void shouldHaveAFingerprintWithoutNameAndScoring() {
        // Given
        Network network = TestNetwork.ofEvents(1, 3, 2);

        // When
        Network renamed = new Network(
                "another", network.encoding(), network.layers(), network.heads(), new ScoringRule.RankAbove(9));

        // Then
        assertThat(renamed.fingerprintHex()).isEqualTo(network.fingerprintHex()).hasSize(64);
        assertThat(renamed.fingerprint()).isEqualTo(network.fingerprint()).hasSize(32);
    }

    @Test
    void shouldHaveAnotherFingerprintIfAnyWeightDiffers() {
        // Given
        Network network = TestNetwork.ofEvents(1, 3, 2);
        LstmLayer layer = (LstmLayer) network.layers().get(0);
        Head head = network.heads().get(0);

        // Then
        assertThat(List.of(
                        network.fingerprintHex(),
                        with(
                                new LstmLayer(
                                        3, 2, changed(layer.inputWeights()), layer.recurrentWeights(), layer.bias()),
                                head),
                        with(
                                new LstmLayer(
                                        3, 2, layer.inputWeights(), changed(layer.recurrentWeights()), layer.bias()),
                                head),
                        with(
                                new LstmLayer(
                                        3, 2, layer.inputWeights(), layer.recurrentWeights(), changed(layer.bias())),
                                head),
                        with(layer, new Head("next", Activation.SOFTMAX, 2, 3, changed(head.weights()), head.bias())),
                        with(layer, new Head("next", Activation.SOFTMAX, 2, 3, head.weights(), changed(head.bias()))),
                        with(layer, new Head("next", Activation.LINEAR, 2, 3, head.weights(), head.bias()))))
                .doesNotHaveDuplicates();
    }

    private static String with(LstmLayer layer, Head head) {
        return network(List.of(layer), head).fingerprintHex();
    }

    /** Returns a copy whose last value is the next larger float. */
    private static float[] changed(float[] values) {
        float[] copy = values.clone();
        copy[copy.length - 1] = Math.nextUp(copy[copy.length - 1]);
        return copy;
    }

    @Test
    void shouldHaveAnotherFingerprintForAnotherEncoding() {
        // Given
        Network network = TestNetwork.ofEvents(1, 3, 2);

        // When
        Network dense = new Network("test", InputEncoding.DENSE, network.layers(), network.heads(), NO_RULE);

        // Then
        assertThat(dense.fingerprint()).isNotEqualTo(network.fingerprint());
    }

    @Test
    void shouldIgnoreTheSignOfAZeroInTheFingerprint() {
        assertThat(zeros(-0f).fingerprint()).isEqualTo(zeros(0f).fingerprint());
    }

    private static Network zeros(float zero) {
        float[] bias = new float[8];
        bias[5] = zero;
        return network(List.of(new LstmLayer(3, 2, new float[24], new float[16], bias)), head("next", 2, 3));
    }

    @Test
    void shouldReturnACopyOfItsFingerprint() {
        // Given
        Network network = TestNetwork.ofEvents(1, 3, 2);
        byte[] before = network.fingerprint();

        // When
        network.fingerprint()[0]++;

        // Then
        assertThat(network.fingerprint()).isEqualTo(before);
    }
}
