package io.lstmstreams.testkit;

import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import java.util.Arrays;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Tiny models for tests, whose results can be computed by hand. They are the same in every run, and made of the layers
 * that real models have: an LSTM whose gates are fully open or fully closed, and a dense head.
 */
@API(status = API.Status.STABLE)
public final class TestModels {
    /** The end of a sequence in {@link #cycle}'s vocabulary. */
    public static final String END = "<end>";

    /** The probability that {@link #cycle} gives the expected event. */
    public static final double EXPECTED = 0.9;

    private static final float OPEN = 100; // the sigmoid of this bias is 1 in float32
    private static final float CLOSED = -100; // the sigmoid of this bias is less than 1e-43

    private TestModels() {}

    /**
     * Returns a model that expects each event's successor in a list, and the end after the last event.
     *
     * <p>The LSTM has a unit for each event. Its forget gate is closed, its other gates are open, and its candidate is
     * tanh(100 x) = x, so that after event i the cell state is the one-hot vector of i, and the hidden state is tanh(1) =
     * 0.76159 at i and 0 elsewhere. The head multiplies by a / tanh(1) at the successor of i. The softmax over the n
     * events and the end is then e^a / (e^a + n) = {@value #EXPECTED} for the successor, with a = ln(9 n), and 0.1 / n
     * for each other event and, unless it is expected, the end. An event that is not the expected one is anomalous.
     *
     * @param events the names of the events, at least one, each once
     */
    public static Model cycle(String... events) {
        int units = events.length;
        int outputs = units + 1;
        float[] input = new float[LstmLayer.GATES * units * units]; // [i, f, g, o][units][units]
        float[] bias = new float[LstmLayer.GATES * units];
        float[] head = new float[outputs * units];
        double logit = Math.log(EXPECTED * units / (1 - EXPECTED));
        for (int event = 0; event < units; event++) {
            input[(2 * units + event) * units + event] = OPEN;
            head[(event + 1) * units + event] = (float) (logit / Math.tanh(1));
        }
        fill(bias, units, CLOSED);
        return new Model(
                new Network(
                        "cycle",
                        InputEncoding.ONE_HOT,
                        List.of(new LstmLayer(outputs, units, widened(input, units), zeros(units * units), bias)),
                        List.of(new Head("next", Activation.SOFTMAX, units, outputs, head, new float[outputs])),
                        new ScoringRule.RankAbove(1)),
                Vocabulary.of(outputs, List.of(events), END, null));
    }

    /**
     * Returns a model that takes a number x for each event and gives one number, tanh(c), where the cell state c is the
     * sum of tanh(x) over all events of the sequence: it never forgets. After two events with x = 1, c is 1.52319 and
     * the output is 0.90925.
     *
     * <p>The LSTM has one unit. Its gates are open, its candidate is tanh(x), and the head passes h = tanh(c) on. The
     * model predicts no events and judges none.
     */
    public static Model sum() {
        float[] bias = new float[LstmLayer.GATES];
        fill(bias, 1, OPEN);
        return new Model(
                new Network(
                        "sum",
                        InputEncoding.DENSE,
                        List.of(new LstmLayer(1, 1, new float[] {0, 0, 1, 0}, zeros(1), bias)),
                        List.of(new Head("sum", Activation.LINEAR, 1, 1, new float[] {1}, new float[1])),
                        new ScoringRule.None()),
                Vocabulary.ofSize(1));
    }

    /** Opens the input and output gates and sets the forget gate. The order of the gates is i, f, g, o. */
    private static void fill(float[] bias, int units, float forget) {
        Arrays.fill(bias, 0, units, OPEN);
        Arrays.fill(bias, units, 2 * units, forget);
        Arrays.fill(bias, 3 * units, 4 * units, OPEN);
    }

    /** Adds a column of zeros for the end, which is never an input, to each row. */
    private static float[] widened(float[] rows, int width) {
        float[] wide = new float[rows.length / width * (width + 1)];
        for (int row = 0; row < rows.length / width; row++) {
            System.arraycopy(rows, row * width, wide, row * (width + 1), width);
        }
        return wide;
    }

    private static float[] zeros(int units) {
        return new float[LstmLayer.GATES * units];
    }
}
