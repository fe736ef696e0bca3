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
import org.jspecify.annotations.Nullable;

/**
 * Advances sequences and returns their results: scores each event against the prediction made before it, advances the
 * state, and predicts the next events. The stream and {@code replay} use the same class. Not thread-safe: each thread
 * needs its own predictor.
 */
public final class Predictor {
    private static final float[][] NO_LOGITS = {};
    private static final float[] NO_LOGITS_OF_STEP = {};

    private final Network network;
    private final Vocabulary vocabulary;
    private final ElapsedTime elapsedTime;
    private final PackedNetwork packed;
    private final Stepper stepper;
    private final @Nullable String name; // the model's id in results; null if there is only one model
    private final int topK;
    private final Set<Include> include;
    private final boolean needsFirstHead; // whether results depend on the first head's logits after the step
    private final SparseInput[] inputs;
    private final SequenceState[] states;

    /** Creates a predictor for one thread and one event at a time, with the parameters of the other constructor. */
    public Predictor(Model model, PackedNetwork packed, int topK, Set<Include> include) {
        this(model, packed, 1, topK, include, null);
    }

    /**
     * Creates a predictor for one thread.
     *
     * @param model the model
     * @param packed the model's network, packed for a kernel
     * @param capacity the maximum number of sequences that are advanced together
     * @param topK the number of next events in a result; with 0 they are not computed
     * @param include the optional parts of a result
     * @param name the model's id in results; null if there is only one model
     */
    public Predictor(
            Model model, PackedNetwork packed, int capacity, int topK, Set<Include> include, @Nullable String name) {
        this.name = name;
        this.network = model.network();
        this.vocabulary = model.vocabulary();
        this.elapsedTime = new ElapsedTime(model);
        this.packed = packed;
        this.stepper = packed.stepper(capacity);
        this.topK = topK;
        this.include = Set.copyOf(include);
        this.needsFirstHead = topK > 0 && this.network.predictsEvents()
                || !this.network.heads().isEmpty()
                        && (include.contains(Include.PROBABILITIES) || include.contains(Include.LOGITS));
        this.inputs = new SparseInput[capacity];
        this.states = new SequenceState[capacity];
    }

    /**
     * Processes one event of a sequence: scores it, then advances the state.
     *
     * @param sequence the sequence's id as text
     * @param time the event's timestamp, or {@link Prediction#NO_TIME}
     * @param input the event, encoded for this model
     * @param state the state before the event; advanced in place
     */
    public Prediction advance(String sequence, long time, SparseInput input, SequenceState state) {
        return advance(List.of(new SequenceStep(sequence, time, input, state))).get(0);
    }

    /**
     * Processes one event of each of several sequences. The results equal those of single calls to the last bit.
     *
     * @param steps the events, at most {@code capacity}, no two of one sequence
     * @return the results, in the order of the steps
     */
    public List<Prediction> advance(List<SequenceStep> steps) {
        @Nullable Score[] scores = scores(steps);
        for (int i = 0; i < steps.size(); i++) {
            SequenceStep step = steps.get(i);
            long before = step.state().steps() > 0 ? step.state().lastEventTime() : Prediction.NO_TIME;
            long elapsed = before >= 0 && step.time() >= 0 ? Math.max(0, step.time() - before) : 0;
            // A late event, or an event without a timestamp, does not set the last event's time back.
            step.state().lastEventTime(Math.max(before, step.time()));
            inputs[i] = elapsedTime.fill(step.input(), elapsed);
            states[i] = step.state();
        }
        stepper.step(steps.size(), inputs, states);
        float[][] logits = needsFirstHead ? stepper.logits(steps.size(), states) : NO_LOGITS;
        Prediction[] predictions = new Prediction[steps.size()];
        for (int i = 0; i < predictions.length; i++) {
            float[] own = needsFirstHead ? logits[i] : NO_LOGITS_OF_STEP;
            List<Next> next = topK > 0 && network.predictsEvents() ? next(own) : List.of();
            Details details = include.isEmpty() ? Details.NONE : details(i, states[i], own);
            predictions[i] = prediction(steps.get(i), scores[i], next, details);
        }
        return List.of(predictions);
    }

    private Prediction prediction(SequenceStep step, @Nullable Score score, List<Next> next, Details details) {
        int event = step.input().eventIndex();
        boolean named = event >= 0 && event < vocabulary.size();
        return new Prediction(
                step.sequence(),
                step.state().steps(),
                step.time(),
                named ? event : SparseInput.NO_EVENT,
                named ? vocabulary.symbol(event) : null,
                score,
                next,
                details,
                name);
    }

    /** Returns the score of each event against the prediction before it; null if there was no prediction. */
    private @Nullable Score[] scores(List<SequenceStep> steps) {
        @Nullable Score[] scores = new Score[steps.size()];
        int count = 0;
        for (SequenceStep step : steps) {
            if (isScored(step)) {
                states[count++] = step.state();
            }
        }
        if (count == 0) {
            return scores;
        }
        float[][] logits = stepper.logits(count, states);
        count = 0;
        for (int i = 0; i < scores.length; i++) {
            SequenceStep step = steps.get(i);
            if (isScored(step)) {
                scores[i] = score(logits[count++], step.input().eventIndex(), step.state());
            }
        }
        return scores;
    }

    private boolean isScored(SequenceStep step) {
        return step.state().steps() > 0
                && network.predictsEvents()
                && step.input().eventIndex() >= 0;
    }

    /**
     * Returns the verdict on a sequence. Scores the end of the sequence first, if the model predicts ends. The state
     * does not advance.
     *
     * @param sequence the sequence's id as text
     * @param ended the reason why the sequence ended
     * @param state a state of at least one step; the end's score is added to its running verdict
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

    /**
     * Returns the most likely next events of a state of at least one step, most likely first; empty if none are
     * requested, or if the model predicts no events.
     */
    public List<Next> expected(SequenceState state) {
        return topK > 0 && network.predictsEvents() ? next(stepper.logits(state)) : List.of();
    }

    /**
     * Returns the parts of the last result that follow from the state alone: the number of steps, the most likely next
     * events and, if {@link Include#STATE} is requested, (h, c). A state of a network that runs windows has no (h, c).
     *
     * @param sequence the sequence's id as text
     * @param state a state of at least one step
     */
    public Prediction current(String sequence, SequenceState state) {
        boolean showsState = include.contains(Include.STATE) && !state.hasWindow();
        return new Prediction(
                sequence,
                state.steps(),
                state.lastEventTime(),
                SparseInput.NO_EVENT,
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

    private Details details(int sequence, SequenceState state, float[] logits) {
        return new Details(
                include.contains(Include.PROBABILITIES) && network.predictsEvents() ? probabilities(logits) : null,
                include.contains(Include.LOGITS) && !network.heads().isEmpty() ? logits.clone() : null,
                include.contains(Include.OUTPUT) ? output(sequence) : null,
                include.contains(Include.STATE) ? layerStates(state) : null,
                include.contains(Include.GATES) ? gates(sequence, state.layers()) : null);
    }

    private Map<String, double[]> output(int sequence) {
        Map<String, double[]> output = new LinkedHashMap<>();
        for (int i = 0; i < network.heads().size(); i++) {
            boolean softmax = network.heads().get(i).activation().kind() == Activation.Kind.SOFTMAX;
            output.put(
                    network.heads().get(i).name(),
                    softmax ? probabilities(stepper.logits(sequence, i)) : doubles(stepper.output(sequence, i)));
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

    private List<Map<String, float[]>> gates(int sequence, int layers) {
        return IntStream.range(0, layers)
                .mapToObj(layer -> stepper.gates(sequence, layer))
                .toList();
    }
}
