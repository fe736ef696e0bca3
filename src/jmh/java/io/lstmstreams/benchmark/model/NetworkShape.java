package io.lstmstreams.benchmark.model;

import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The shape of an LSTM for one-hot events, written {@code 100->128}, or {@code 28->2x64} for two layers.
 *
 * @param symbols the number of symbols, without the end of a sequence
 * @param layers the number of layers
 * @param units the number of units of each layer
 */
public record NetworkShape(int symbols, int layers, int units) {
    private static final Pattern SHAPE = Pattern.compile("(\\d+)->(?:(\\d+)x)?(\\d+)");
    private static final long SEED = 1;

    /** Parses a shape. */
    public static NetworkShape parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a shape is written 100->128 or 28->2x64, not " + text);
        }
        int layers = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
        return new NetworkShape(Integer.parseInt(matcher.group(1)), layers, Integer.parseInt(matcher.group(3)));
    }

    /** Returns a network without a head. */
    public Network network() {
        return new Network(
                toString(), InputEncoding.ONE_HOT, randomLayers(new Random(SEED)), List.of(), new ScoringRule.None());
    }

    /** Returns a model that predicts the next event, E1 to E(symbols), or the end. */
    public Model model() {
        Random random = new Random(SEED);
        List<LstmLayer> stack = randomLayers(random);
        int outputs = symbols + 1;
        Head head = new Head(
                "next",
                Activation.SOFTMAX,
                units,
                outputs,
                uniform(random, outputs * units, range()),
                uniform(random, outputs, range()));
        Network network = new Network(
                toString(), InputEncoding.ONE_HOT, stack, List.of(head), new ScoringRule.ProbabilityBelow(0.0002));
        List<String> names =
                IntStream.rangeClosed(1, symbols).mapToObj(k -> "E" + k).toList();
        return new Model(network, Vocabulary.of(outputs, names, "<end>", null));
    }

    private List<LstmLayer> randomLayers(Random random) {
        List<LstmLayer> stack = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            int inputs = i == 0 ? symbols : units;
            int rows = LstmLayer.GATES * units;
            stack.add(new LstmLayer(
                    inputs,
                    units,
                    uniform(random, rows * inputs, range()),
                    uniform(random, rows * units, range()),
                    uniform(random, rows, range())));
        }
        return stack;
    }

    /** Returns the range of PyTorch's initial weights. */
    private float range() {
        return (float) (1 / Math.sqrt(units));
    }

    private static float[] uniform(Random random, int length, float range) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat(-range, range);
        }
        return values;
    }

    @Override
    public String toString() {
        return symbols + "->" + (layers == 1 ? "" : layers + "x") + units;
    }
}
