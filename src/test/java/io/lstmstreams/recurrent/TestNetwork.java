package io.lstmstreams.recurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Small networks with weights drawn from a seed, the same on every machine. */
public final class TestNetwork {
    private TestNetwork() {}

    /** Returns a network of one-hot events with a softmax head over them and no scoring rule. */
    public static Network ofEvents(int seed, int events, int... units) {
        return of(seed, InputEncoding.ONE_HOT, events, new ScoringRule.None(), units);
    }

    /** Returns a network with one head, named next, with as many outputs as inputs. */
    public static Network of(int seed, InputEncoding encoding, int inputs, ScoringRule scoring, int... units) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LstmLayer> layers = layers(random, inputs, units);
        int top = units[units.length - 1];
        Head head = new Head(
                "next",
                encoding == InputEncoding.ONE_HOT ? Activation.SOFTMAX : Activation.LINEAR,
                top,
                inputs,
                weights(random, inputs * top),
                weights(random, inputs));
        return new Network("test", encoding, layers, List.of(head), scoring);
    }

    static List<LstmLayer> layers(SplittableRandom random, int inputs, int... units) {
        List<LstmLayer> layers = new ArrayList<>();
        int below = inputs;
        for (int size : units) {
            layers.add(layer(random, below, size));
            below = size;
        }
        return layers;
    }

    static LstmLayer layer(SplittableRandom random, int inputs, int units) {
        return new LstmLayer(
                inputs,
                units,
                weights(random, 4 * units * inputs),
                weights(random, 4 * units * units),
                weights(random, 4 * units));
    }

    static float[] weights(SplittableRandom random, int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextDouble(-1.5, 1.5);
        }
        return weights;
    }
}
