package io.lstmstreams.output;

import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.Gates;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Advances sequences and says what comes out: rates the event against the prediction made before it, steps, predicts.
 * The same class serves the stream and {@code replay}. Not thread-safe: one predictor for each thread.
 */
public final class Predictor {
    /** The head that predicts the next event. */
    private static final int NEXT = 0;

    private final Model model;
    private final Vocabulary vocabulary;
    private final Stepper stepper;
    private final int topK;
    private final Set<Include> include;

    /**
     * A predictor for one thread.
     *
     * @param model the model with its events
     * @param network the model's network, packed for a kernel
     * @param topK how many next events a result names; 0 for none, which also saves their computation
     * @param include what else a result holds
     */
    public Predictor(EventModel model, Network network, int topK, Set<Include> include) {
        this.model = model.network();
        this.vocabulary = model.vocabulary();
        this.stepper = network.stepper();
        this.topK = topK;
        this.include = Set.copyOf(include);
    }

    /**
     * One event of a sequence: scores it, then advances the state by it.
     *
     * @param sequence the sequence's id as text
     * @param time the event's timestamp
     * @param input the event, encoded for this model
     * @param state the state before the event; afterwards the one after it
     */
    public Prediction advance(String sequence, long time, SparseInput input, SequenceState state) {
        Score score = null;
        if (state.steps() > 0 && model.predictsEvents()) {
            score = score(input.index(), state);
        }
        stepper.step(input, state);
        state.lastEventTime(time);
        boolean named = input.index() != SparseInput.DENSE;
        return new Prediction(
                sequence,
                state.steps(),
                time,
                input.index(),
                named ? vocabulary.symbol(input.index()) : null,
                score,
                topK > 0 && model.predictsEvents() ? next(state) : List.of(),
                include.isEmpty() ? Details.NONE : details(state));
    }

    /**
     * The end of a sequence: scores the end itself, if the model predicts ends, and sums up. The state is not stepped.
     *
     * @param state a state of at least one step; its running verdict takes in the end's score
     */
    public Verdict end(String sequence, Ended ended, SequenceState state) {
        double endLogProbability = Double.NaN;
        if (vocabulary.hasEnd() && model.predictsEvents()) {
            endLogProbability = score(vocabulary.end(), state).logProbability();
        }
        RunningVerdict verdict = state.verdict();
        return new Verdict(
                sequence,
                state.steps(),
                ended,
                verdict.sumLogProbability(),
                verdict.minLogProbability(),
                verdict.minAtStep(),
                verdict.maxRank(),
                verdict.maxRankAtStep(),
                endLogProbability,
                verdict.anomalous());
    }

    private Score score(int index, SequenceState state) {
        float[] logits = stepper.logits(NEXT, state);
        double logProbability = logits[index] - Distribution.logSumExp(logits);
        double probability = Math.exp(logProbability);
        int rank = Distribution.rank(logits, index);
        boolean anomalous = model.scoring().isAnomalous(probability, rank);
        state.verdict().add(state.steps() + 1, logProbability, rank, anomalous);
        return new Score(probability, logProbability, rank, anomalous);
    }

    private List<Next> next(SequenceState state) {
        float[] logits = stepper.logits(NEXT, state);
        double logSum = Distribution.logSumExp(logits);
        int[] top = Distribution.top(logits, topK);
        Next[] next = new Next[top.length];
        for (int i = 0; i < top.length; i++) {
            next[i] = new Next(top[i], vocabulary.symbol(top[i]), Math.exp(logits[top[i]] - logSum));
        }
        return List.of(next);
    }

    private Details details(SequenceState state) {
        return new Details(
                include.contains(Include.PROBABILITIES)
                        ? Distribution.probabilities(stepper.logits(NEXT, state))
                        : null,
                include.contains(Include.LOGITS) ? stepper.logits(NEXT, state).clone() : null,
                include.contains(Include.OUTPUT) ? output(state) : null,
                include.contains(Include.STATE) ? layerStates(state) : null,
                include.contains(Include.GATES) ? gates(state.layers()) : null);
    }

    private Map<String, double[]> output(SequenceState state) {
        Map<String, double[]> output = new LinkedHashMap<>();
        for (int i = 0; i < model.heads().size(); i++) {
            Head head = model.heads().get(i);
            output.put(head.name(), activate(head.activation(), stepper.logits(i, state)));
        }
        return output;
    }

    private static double[] activate(Activation activation, float[] logits) {
        if (activation == Activation.SOFTMAX) {
            return Distribution.probabilities(logits);
        }
        double[] values = new double[logits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits[i];
        }
        return values;
    }

    private static List<LayerState> layerStates(SequenceState state) {
        List<LayerState> layers = new ArrayList<>();
        for (int i = 0; i < state.layers(); i++) {
            layers.add(new LayerState(state.h(i).clone(), state.c(i).clone()));
        }
        return layers;
    }

    private List<Gates> gates(int layers) {
        List<Gates> gates = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            float[] all = stepper.gates(i); // i, f, g, o
            int units = all.length / 4;
            gates.add(new Gates(
                    Arrays.copyOfRange(all, units, 2 * units),
                    Arrays.copyOfRange(all, 0, units),
                    Arrays.copyOfRange(all, 2 * units, 3 * units),
                    Arrays.copyOfRange(all, 3 * units, 4 * units)));
        }
        return gates;
    }
}
