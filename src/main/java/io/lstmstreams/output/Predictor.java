package io.lstmstreams.output;

import io.lstmstreams.input.ElapsedTime;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.RunningVerdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Advances sequences and says what comes out: rates the event against the prediction made before it, steps, predicts.
 * The same class serves the stream and {@code replay}. Not thread-safe: one predictor for each thread.
 */
public final class Predictor {
    /** The head that predicts the next event. */
    private static final int NEXT = 0;

    private final Model model;
    private final Vocabulary vocabulary;
    private final ElapsedTime elapsedTime;
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
        this.elapsedTime = new ElapsedTime(model);
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
        if (state.steps() > 0 && model.predictsEvents() && input.index() >= 0) {
            score = score(input.index(), state);
        }
        long before = state.steps() > 0 ? state.lastEventTime() : Prediction.NO_TIME;
        long elapsed = before >= 0 && time >= 0 ? Math.max(0, time - before) : 0;
        stepper.step(elapsedTime.fill(input, elapsed), state);
        state.lastEventTime(Math.max(before, time)); // a late event, or one without a time, does not set it back
        boolean named = input.index() >= 0 && input.index() < vocabulary.size();
        return new Prediction(
                sequence,
                state.steps(),
                time,
                named ? input.index() : SparseInput.DENSE,
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
        float[] logits = stepper.logits(state);
        double logProbability = logits[index] - Distribution.logSumExp(logits);
        double probability = Math.exp(logProbability);
        int rank = Distribution.rank(logits, index);
        boolean anomalous = model.scoring().isAnomalous(probability, rank);
        state.verdict().add(state.steps() + 1, logProbability, rank, anomalous);
        return new Score(probability, logProbability, rank, anomalous);
    }

    private List<Next> next(SequenceState state) {
        float[] logits = stepper.logits(state);
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
                include.contains(Include.PROBABILITIES) && model.predictsEvents()
                        ? Distribution.probabilities(stepper.logits(state))
                        : null,
                include.contains(Include.LOGITS) && !model.heads().isEmpty()
                        ? stepper.logits(state).clone()
                        : null,
                include.contains(Include.OUTPUT) ? output() : null,
                include.contains(Include.STATE) ? layerStates(state) : null,
                include.contains(Include.GATES) ? gates(state.layers()) : null);
    }

    private Map<String, double[]> output() {
        Map<String, double[]> output = new LinkedHashMap<>();
        for (int i = 0; i < model.heads().size(); i++) {
            boolean softmax = model.heads().get(i).activation().kind() == Activation.Kind.SOFTMAX;
            output.put(
                    model.heads().get(i).name(),
                    softmax ? Distribution.probabilities(stepper.logits(i)) : doubles(stepper.output(i)));
        }
        return output;
    }

    private static double[] doubles(float[] floats) {
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
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

    private List<Map<String, float[]>> gates(int layers) {
        return IntStream.range(0, layers).mapToObj(stepper::gates).toList();
    }
}
