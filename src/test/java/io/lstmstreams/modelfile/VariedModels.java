package io.lstmstreams.modelfile;

import io.lstmstreams.input.InputField;
import io.lstmstreams.input.InputField.SinceLast;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Activation.Kind;
import io.lstmstreams.recurrent.ActivationLayer;
import io.lstmstreams.recurrent.DenseLayer;
import io.lstmstreams.recurrent.EmbeddingLayer;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.GruLayer;
import io.lstmstreams.recurrent.GruLayer.GruOptions;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.LstmNormalisation;
import io.lstmstreams.recurrent.LstmOptions;
import io.lstmstreams.recurrent.MergeLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.NormalisationLayer;
import io.lstmstreams.recurrent.RnnLayer;
import io.lstmstreams.recurrent.ScaleLayer;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SliceLayer;
import io.lstmstreams.recurrent.Wiring;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Models that, together, have every layer with every option. Weights are drawn from a seed; sizes differ where
 * possible.
 */
public final class VariedModels {
    private static final Activation HARD_SIGMOID = new Activation(Kind.HARD_SIGMOID, 0.3f, 0.4f);
    private static final Activation LEAKY_RELU = new Activation(Kind.LEAKY_RELU, 0.1f, 0f);

    private final SplittableRandom random = new SplittableRandom(7);

    private float[] weights(int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextDouble(-1.2, 1.2);
        }
        return weights;
    }

    private Head head(String name, Activation activation, int inputs, int outputs) {
        return new Head(name, activation, inputs, outputs, weights(outputs * inputs), weights(outputs));
    }

    private LstmLayer lstm(int inputs, int units, int outputs, LstmOptions options) {
        return new LstmLayer(
                inputs, units, weights(4 * units * inputs), weights(4 * units * outputs), weights(4 * units), options);
    }

    private LstmLayer lstm(int inputs, int units) {
        return lstm(inputs, units, units, LstmOptions.NONE);
    }

    private GruLayer gru(int inputs, int units, GruOptions options) {
        return new GruLayer(
                inputs,
                units,
                weights(3 * units * inputs),
                weights(3 * units * units),
                weights(3 * units),
                options.resetAfter() ? weights(units) : new float[units],
                options);
    }

    private static Network chain(InputShape input, List<Layer> layers, List<Head> heads, Execution execution) {
        return new Network(
                "chain",
                input,
                layers,
                Wiring.chain(layers.size(), heads.size()),
                heads,
                execution,
                new ScoringRule.None());
    }

    /**
     * Returns LSTMs with peepholes, clips and a projection; with f = 1 - i; and normalised; each with other
     * activations.
     */
    public Model lstms() {
        LstmOptions clipped = new LstmOptions(
                new Activation(Kind.ELU, 0.7f, 0f),
                Activation.of(Kind.SOFTSIGN),
                HARD_SIGMOID,
                new float[][] {weights(4), weights(4), weights(4)},
                0.6f,
                weights(3 * 4),
                0.35f,
                0f,
                false,
                null);
        LstmOptions coupled = new LstmOptions(
                new Activation(Kind.SCALED_TANH, 1.7f, 0.6f),
                new Activation(Kind.SCALED_TANH, 1.7f, 0.6f),
                new Activation(Kind.AFFINE, 0.2f, 0.5f),
                null,
                0f,
                null,
                0f,
                1.1f,
                true,
                null);
        LstmOptions normalised = new LstmOptions(
                Activation.TANH,
                Activation.of(Kind.RELU),
                Activation.SIGMOID,
                new float[][] {weights(5), weights(5), weights(5)},
                0f,
                null,
                0f,
                0f,
                false,
                new LstmNormalisation(
                        new float[][] {weights(5), weights(5), weights(5), weights(5), weights(5)},
                        new float[][] {weights(5), weights(5), weights(5), weights(5), weights(5)},
                        1e-3));
        Network network = chain(
                InputShape.oneHot(4),
                List.of(lstm(4, 4, 3, clipped), lstm(3, 2, 2, coupled), lstm(2, 5, 5, normalised)),
                List.of(head("next", Activation.SOFTMAX, 5, 4)),
                Execution.CARRY);
        return new Model(network, Vocabulary.of(4, List.of("a", "b", "c"), "<end>", "c"));
    }

    /** Returns GRUs with the reset gate after and before the product, and a simple recurrent layer. */
    public Model grusAndRnn() {
        GruOptions after = new GruOptions(Activation.of(Kind.SOFTSIGN), HARD_SIGMOID, true, 0.9f);
        GruOptions before = new GruOptions(Activation.TANH, Activation.SIGMOID, false, 0f);
        RnnLayer rnn = new RnnLayer(5, 3, weights(3 * 5), weights(3 * 3), weights(3), LEAKY_RELU, 1.3f);
        Network network = chain(
                InputShape.oneHot(4),
                List.of(gru(4, 3, after), gru(3, 5, before), rnn),
                List.of(head("next", Activation.of(Kind.LOG_SOFTMAX), 3, 4)),
                Execution.CARRY);
        return new Model(network, Vocabulary.ofSize(4));
    }

    /** Returns a model with an embedding that masks event 0. */
    public Model embedding() {
        Network network = chain(
                InputShape.oneHot(4),
                List.of(new EmbeddingLayer(4, 3, 0, weights(4 * 3), true), lstm(3, 2)),
                List.of(head("next", Activation.SOFTMAX, 2, 4)),
                Execution.CARRY);
        return new Model(network, Vocabulary.ofSize(4));
    }

    /** Returns a model with every layer without a state, branches that merge, and heads on three layers. */
    public Model graph() {
        List<Layer> layers = List.of(
                new SliceLayer(6, 0, 3),
                new SliceLayer(6, 2, 4),
                lstm(3, 4),
                new MergeLayer(MergeLayer.Kind.ADD, List.of(4, 4)),
                new MergeLayer(MergeLayer.Kind.MULTIPLY, List.of(4, 4, 4)),
                new MergeLayer(MergeLayer.Kind.CONCAT, List.of(3, 4)),
                new DenseLayer(7, 5, weights(5 * 7), weights(5), new Activation(Kind.SELU, 1.5f, 1.1f)),
                new ScaleLayer(weights(5), weights(5)),
                new NormalisationLayer(weights(5), weights(5), 0.01),
                gru(5, 2, GruOptions.NONE),
                new ActivationLayer(4, new Activation(Kind.THRESHOLDED_RELU, 0.1f, 0f)));
        Wiring wiring = new Wiring(
                List.of(
                        List.of(Wiring.INPUT),
                        List.of(Wiring.INPUT),
                        List.of(0),
                        List.of(2, 1),
                        List.of(3, 1, 2),
                        List.of(0, 4),
                        List.of(5),
                        List.of(6),
                        List.of(7),
                        List.of(8),
                        List.of(3)),
                List.of(10, 9, 2));
        List<Head> heads = List.of(
                Head.identity("", LEAKY_RELU, 4),
                head("amount", Activation.LINEAR, 2, 1),
                head("kind", Activation.SOFTMAX, 4, 3));
        Network network = new Network(
                "graph", InputShape.dense(6), layers, wiring, heads, Execution.CARRY, new ScoringRule.None());
        return new Model(network, Vocabulary.ofSize(6));
    }

    /** Returns a model that runs windows of two events. */
    public Model window(boolean padded) {
        Network network = chain(
                InputShape.oneHot(4),
                List.of(lstm(4, 3)),
                List.of(head("next", Activation.SOFTMAX, 3, 4)),
                new Execution(2, padded));
        return new Model(network, Vocabulary.of(4, List.of("a", "b", "c", "d"), null, "d"));
    }

    /** Returns a model whose input is index * 0.25 - 0.1. */
    public Model index() {
        Network network = new Network(
                "index",
                InputShape.index(4),
                List.of(lstm(1, 3)),
                Wiring.chain(1, 1),
                List.of(head("next", Activation.SOFTMAX, 3, 4)),
                Execution.CARRY,
                new ScoringRule.RankAbove(2));
        return new Model(network, Vocabulary.ofSize(4), List.of(new InputField.Number("", 0.25, -0.1)));
    }

    /**
     * Returns a model with every kind of field; the first field is the event itself, which is predicted with an end.
     */
    public Model fields(Execution execution) {
        Vocabulary vocabulary = Vocabulary.of(4, List.of("buy", "sell", "other"), "<end>", "other");
        List<InputField> fields = List.of(
                new InputField.Number("/amount", 0.01, -0.5),
                new InputField.OneHot("/kind", vocabulary, 3),
                new InputField.OneHot("/shop/country", Vocabulary.of(3, List.of("at", "ch", "?"), null, "?"), 3),
                new InputField.OneHot("/weekday", Vocabulary.ofSize(7), 7),
                new InputField.Vector("/a~1b", 2),
                new SinceLast(SinceLast.Unit.SECONDS, 0.1, 0.2),
                new SinceLast(SinceLast.Unit.HOURS, 1, 0),
                new SinceLast(SinceLast.Unit.LOG_SECONDS, -0.5, 0));
        int size = fields.stream().mapToInt(InputField::size).sum();
        int entries = fields.stream().mapToInt(InputField::entries).sum();
        Network network = new Network(
                "fields",
                new InputShape(InputEncoding.FIELDS, size, 3, entries),
                List.of(lstm(size, 3)),
                Wiring.chain(1, 2),
                List.of(head("next", Activation.SOFTMAX, 3, 4), head("amount", Activation.LINEAR, 3, 1)),
                execution,
                new ScoringRule.ProbabilityBelow(0.1));
        return new Model(network, vocabulary, fields);
    }

    /** Returns a model that reads a number of each event and nothing else. */
    public Model oneField() {
        Network network = new Network(
                "one",
                new InputShape(InputEncoding.FIELDS, 1, 0, 1),
                List.of(lstm(1, 3)),
                Wiring.chain(1, 1),
                List.of(head("load", Activation.LINEAR, 3, 1)),
                Execution.CARRY,
                new ScoringRule.None());
        return new Model(network, Vocabulary.ofSize(1), List.of(new InputField.Number("/load/average", 2, 1)));
    }

    /** Returns a model with a layer of one activation function. */
    public Model activation(Activation activation) {
        Network network = chain(
                InputShape.oneHot(4),
                List.of(lstm(4, 3), new ActivationLayer(3, activation)),
                List.of(Head.identity("out", activation, 3)),
                Execution.CARRY);
        return new Model(network, Vocabulary.ofSize(4));
    }
}
