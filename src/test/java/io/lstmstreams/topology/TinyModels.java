package io.lstmstreams.topology;

import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import java.util.List;
import java.util.Random;

/** Models of two layers with 3 and 4 units and random weights, the same in every run: any step changes every number. */
public final class TinyModels {
    /** The events of {@link #events()}, without the end. */
    public static final List<String> EVENTS = List.of("open", "read", "write", "sync", "close");

    /** The length of {@link #dense()}'s vectors. */
    public static final int DENSE_SIZE = 3;

    private static final int LOWER = 3;
    private static final int UPPER = 4;

    private TinyModels() {}

    /**
     * Returns a model of five named events and an end, predicted by a softmax; an event that does not rank among the
     * first four is anomalous.
     */
    public static Model events() {
        return events(1);
    }

    /** Returns a model of the same shape with weights of another seed. */
    public static Model events(long seed) {
        int lines = EVENTS.size() + 1;
        return new Model(
                network(seed, InputEncoding.ONE_HOT, lines, Activation.SOFTMAX, lines),
                Vocabulary.of(lines, EVENTS, "<end>", null));
    }

    /** Returns the same model with another scoring rule. */
    public static Model events(ScoringRule rule) {
        Model events = events();
        Network network = events.network();
        return new Model(
                new Network(network.name(), network.encoding(), network.layers(), network.heads(), rule),
                events.vocabulary());
    }

    /** Returns the same model with "sync" as the unknown symbol. */
    public static Model eventsWithUnknown() {
        Model events = events();
        return new Model(events.network(), Vocabulary.of(events.vocabulary().size(), EVENTS, "<end>", "sync"));
    }

    /** Returns a model of events without names and without an end. */
    public static Model indexes() {
        int lines = EVENTS.size();
        return new Model(network(2, InputEncoding.ONE_HOT, lines, Activation.SOFTMAX, lines), Vocabulary.ofSize(lines));
    }

    /** Returns a model with vectors as input and two numbers as output. */
    public static Model dense() {
        return new Model(
                network(3, InputEncoding.DENSE, DENSE_SIZE, Activation.LINEAR, 2), Vocabulary.ofSize(DENSE_SIZE));
    }

    private static Network network(long seed, InputEncoding encoding, int inputs, Activation activation, int outputs) {
        Random random = new Random(seed);
        return new Network(
                "tiny",
                encoding,
                List.of(layer(random, inputs, LOWER), layer(random, LOWER, UPPER)),
                List.of(new Head(
                        "next",
                        activation,
                        UPPER,
                        outputs,
                        weights(random, outputs * UPPER),
                        weights(random, outputs))),
                activation == Activation.SOFTMAX ? new ScoringRule.RankAbove(4) : new ScoringRule.None());
    }

    private static LstmLayer layer(Random random, int inputs, int units) {
        int rows = LstmLayer.GATES * units;
        return new LstmLayer(
                inputs, units, weights(random, rows * inputs), weights(random, rows * units), weights(random, rows));
    }

    private static float[] weights(Random random, int length) {
        float[] weights = new float[length];
        for (int i = 0; i < length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        return weights;
    }
}
