package io.lstmstreams.output;

import io.lstmstreams.input.ElapsedTime;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Details.LayerState;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
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

    private final Network network;
    private final Vocabulary vocabulary;
    private final ElapsedTime elapsedTime;
    private final PackedNetwork packed;
    private final Stepper stepper;
    private final String name; // null where results do not say
    private final int topK;
    private final Set<Include> include;
    private final boolean asksFirstHead; // whether a result holds what the first head says after the step
    private final SparseInput[] inputs;
    private final SequenceState[] states;

    /** A predictor for one thread and one event at a time; see the other constructor. */
    public Predictor(Model model, PackedNetwork packed, int topK, Set<Include> include) {
        this(model, packed, 1, topK, include, null);
    }

    /**
     * A predictor for one thread.
     *
     * @param model the model with its events
     * @param packed the model's network, packed for a kernel
     * @param capacity how many sequences it advances together at most
     * @param topK how many next events a result names; 0 for none, which also saves their computation
     * @param include what else a result holds
     * @param name which of several models it is, as results say; null where there is only one
     */
    public Predictor(Model model, PackedNetwork packed, int capacity, int topK, Set<Include> include, String name) {
        this.name = name;
        this.network = model.network();
        this.vocabulary = model.vocabulary();
        this.elapsedTime = new ElapsedTime(model);
        this.packed = packed;
        this.stepper = packed.stepper(capacity);
        this.topK = topK;
        this.include = Set.copyOf(include);
        this.asksFirstHead = topK > 0 && this.network.predictsEvents()
                || !this.network.heads().isEmpty()
                        && (include.contains(Include.PROBABILITIES) || include.contains(Include.LOGITS));
        this.inputs = new SparseInput[capacity];
        this.states = new SequenceState[capacity];
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
        return advance(List.of(new SequenceStep(sequence, time, input, state))).get(0);
    }

    /**
     * One event of each of several sequences, which gives what they give one by one, to the last bit.
     *
     * @param steps at most as many as the capacity; no two of one sequence
     * @return what comes out of each, in their order
     */
    public List<Prediction> advance(List<SequenceStep> steps) {
        Score[] scores = scores(steps);
        for (int i = 0; i < steps.size(); i++) {
            SequenceStep step = steps.get(i);
            long before = step.state().steps() > 0 ? step.state().lastEventTime() : Prediction.NO_TIME;
            long elapsed = before >= 0 && step.time() >= 0 ? Math.max(0, step.time() - before) : 0;
            // A late event, or one without a time, does not set it back.
            step.state().lastEventTime(Math.max(before, step.time()));
            inputs[i] = elapsedTime.fill(step.input(), elapsed);
            states[i] = step.state();
        }
        stepper.step(steps.size(), inputs, states);
        float[][] logits = asksFirstHead ? stepper.logits(steps.size(), states) : null;
        Prediction[] predictions = new Prediction[steps.size()];
        for (int i = 0; i < predictions.length; i++) {
            float[] own = logits == null ? null : logits[i];
            List<Next> next = topK > 0 && network.predictsEvents() ? next(own) : List.of();
            Details details = include.isEmpty() ? Details.NONE : details(i, states[i], own);
            predictions[i] = prediction(steps.get(i), scores[i], next, details);
        }
        return List.of(predictions);
    }

    private Prediction prediction(SequenceStep step, Score score, List<Next> next, Details details) {
        int event = step.input().index();
        boolean named = event >= 0 && event < vocabulary.size();
        return new Prediction(
                step.sequence(),
                step.state().steps(),
                step.time(),
                named ? event : SparseInput.DENSE,
                named ? vocabulary.symbol(event) : null,
                score,
                next,
                details,
                name);
    }

    /** Rates each event against the prediction made before it; null where there was none. */
    private Score[] scores(List<SequenceStep> steps) {
        Score[] scores = new Score[steps.size()];
        int count = 0;
        for (SequenceStep step : steps) {
            if (isScored(step)) {
                states[count++] = step.state();
            }
        }
        float[][] logits = count > 0 ? stepper.logits(count, states) : null;
        count = 0;
        for (int i = 0; i < scores.length; i++) {
            SequenceStep step = steps.get(i);
            if (isScored(step)) {
                scores[i] = score(logits[count++], step.input().index(), step.state());
            }
        }
        return scores;
    }

    private boolean isScored(SequenceStep step) {
        return step.state().steps() > 0
                && network.predictsEvents()
                && step.input().index() >= 0;
    }

    /**
     * The end of a sequence: scores the end itself, if the model predicts ends, and sums up. The state is not stepped.
     *
     * @param state a state of at least one step; its running verdict takes in the end's score
     */
    public Verdict end(String sequence, Ended ended, SequenceState state) {
        double endLogProbability = Double.NaN;
        if (vocabulary.hasEnd() && network.predictsEvents()) {
            endLogProbability =
                    score(stepper.logits(state), vocabulary.end(), state).logProbability();
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
                verdict.anomalous(),
                name);
    }

    /** The likeliest next events of a state of at least one step, best first; empty if none are asked for or predicted. */
    public List<Next> expected(SequenceState state) {
        return topK > 0 && network.predictsEvents() ? next(stepper.logits(state)) : List.of();
    }

    /**
     * What a state says without the event that led to it: how far it is, the likeliest next events and, where {@link Include#STATE} is
     * asked for, (h, c), which a model that works on windows does not keep.
     *
     * @param state a state of at least one step
     */
    public Prediction standing(String sequence, SequenceState state) {
        boolean showsState = include.contains(Include.STATE) && state.window() == null;
        return new Prediction(
                sequence,
                state.steps(),
                state.lastEventTime(),
                SparseInput.DENSE,
                null,
                null,
                expected(state),
                new Details(null, null, null, showsState ? layerStates(state) : null, null),
                name);
    }

    private Score score(float[] logits, int index, SequenceState state) {
        double logProbability = logits[index] - packed.logSumExp(logits);
        double probability = Math.exp(logProbability);
        int rank = Distribution.rank(logits, index);
        boolean anomalous = network.scoring().isAnomalous(probability, rank);
        state.verdict().add(state.steps() + 1, logProbability, rank, anomalous);
        return new Score(probability, logProbability, rank, anomalous);
    }

    private List<Next> next(float[] logits) {
        double logSum = packed.logSumExp(logits);
        int[] top = Distribution.top(logits, topK);
        Next[] next = new Next[top.length];
        for (int i = 0; i < top.length; i++) {
            next[i] = new Next(top[i], vocabulary.symbol(top[i]), Math.exp(logits[top[i]] - logSum));
        }
        return List.of(next);
    }

    private Details details(int place, SequenceState state, float[] logits) {
        return new Details(
                include.contains(Include.PROBABILITIES) && network.predictsEvents() ? probabilities(logits) : null,
                include.contains(Include.LOGITS) && !network.heads().isEmpty() ? logits.clone() : null,
                include.contains(Include.OUTPUT) ? output(place) : null,
                include.contains(Include.STATE) ? layerStates(state) : null,
                include.contains(Include.GATES) ? gates(place, state.layers()) : null);
    }

    private Map<String, double[]> output(int place) {
        Map<String, double[]> output = new LinkedHashMap<>();
        for (int i = 0; i < network.heads().size(); i++) {
            boolean softmax = network.heads().get(i).activation().kind() == Activation.Kind.SOFTMAX;
            output.put(
                    network.heads().get(i).name(),
                    softmax ? probabilities(stepper.logits(place, i)) : doubles(stepper.output(place, i)));
        }
        return output;
    }

    private double[] probabilities(float[] logits) {
        return Distribution.probabilities(logits, packed.logSumExp(logits));
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

    private List<Map<String, float[]>> gates(int place, int layers) {
        return IntStream.range(0, layers)
                .mapToObj(layer -> stepper.gates(place, layer))
                .toList();
    }
}
