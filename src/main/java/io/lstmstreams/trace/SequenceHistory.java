package io.lstmstreams.trace;

import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Steps of one sequence in a row, to be made again by whoever wants to see their gates. Immutable. */
public final class SequenceHistory {
    private static final Set<Include> INSIDE = EnumSet.of(Include.STATE, Include.GATES);

    private final String sequence;
    private final TracedModel model;
    private final long first;
    private final byte[] before;
    private final SparseInput[] inputs;
    private final long[] times;
    private final Verdict verdict;

    SequenceHistory(
            String sequence,
            TracedModel model,
            long first,
            byte[] before,
            SparseInput[] inputs,
            long[] times,
            Verdict verdict) {
        this.sequence = sequence;
        this.model = model;
        this.first = first;
        this.before = before;
        this.inputs = inputs;
        this.times = times;
        this.verdict = verdict;
    }

    /**
     * What the steps come to when they are made again.
     *
     * @param expected what was expected before the first of them; empty at the beginning of a sequence
     * @param steps each with its gates, and with the state and what was expected after it
     */
    public record Recomputed(List<Next> expected, List<Prediction> steps) {}

    /**
     * Makes the steps again, from the state that the first of them met: the same numbers, to the last bit.
     *
     * @param topK how many next events to name
     * @throws io.lstmstreams.state.UnreadableStateException if that state cannot be read
     */
    public Recomputed recompute(int topK) {
        Predictor predictor = model.predictor(topK, INSIDE);
        SequenceState state = model.state(before);
        List<Next> expected = state.steps() > 0 ? predictor.expected(state) : List.of();
        List<Prediction> steps = new ArrayList<>(inputs.length);
        for (int i = 0; i < inputs.length; i++) {
            steps.add(predictor.advance(sequence, times[i], inputs[i], state));
        }
        return new Recomputed(expected, steps);
    }

    /** The sequence's id as text. */
    public String sequence() {
        return sequence;
    }

    /** The model that made the steps. */
    public TracedModel model() {
        return model;
    }

    /** The number of its first step: 1 unless the sequence had begun before somebody looked, or is longer than what is kept. */
    public long first() {
        return first;
    }

    /** How the sequence ended; null if it has not. */
    public Verdict verdict() {
        return verdict;
    }
}
