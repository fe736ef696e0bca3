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
import org.jspecify.annotations.Nullable;

/** Consecutive steps of one sequence, from which their gates and states can be computed again. Immutable. */
public final class SequenceHistory {
    private static final Set<Include> STATE_AND_GATES = EnumSet.of(Include.STATE, Include.GATES);

    private final String sequence;
    private final TracedModel model;
    private final long first;
    private final byte @Nullable [] before;
    private final SparseInput[] inputs;
    private final long[] times;
    private final @Nullable Verdict verdict;

    SequenceHistory(
            String sequence,
            TracedModel model,
            long first,
            byte @Nullable [] before,
            SparseInput[] inputs,
            long[] times,
            @Nullable Verdict verdict) {
        this.sequence = sequence;
        this.model = model;
        this.first = first;
        this.before = before;
        this.inputs = inputs;
        this.times = times;
        this.verdict = verdict;
    }

    /**
     * The results of the steps.
     *
     * @param expected the events expected before the first step; empty at the start of a sequence
     * @param steps each with its gates, and with the state and the expected events after it
     */
    public record Recomputed(List<Next> expected, List<Prediction> steps) {}

    /**
     * Computes the steps again from the state before the first of them. The numbers equal those of the stream to the
     * last bit.
     *
     * @param topK the number of expected events for each step
     * @throws io.lstmstreams.state.UnreadableStateException if the state cannot be read
     */
    public Recomputed recompute(int topK) {
        Predictor predictor = model.predictor(topK, STATE_AND_GATES);
        SequenceState state = model.state(before);
        List<Next> expected = state.steps() > 0 ? predictor.expected(state) : List.of();
        List<Prediction> steps = new ArrayList<>(inputs.length);
        for (int i = 0; i < inputs.length; i++) {
            steps.add(predictor.advance(sequence, times[i], inputs[i], state));
        }
        return new Recomputed(expected, steps);
    }

    /** Returns the sequence's id as text. */
    public String sequence() {
        return sequence;
    }

    /** Returns the model of the steps. */
    public TracedModel model() {
        return model;
    }

    /**
     * Returns the number of the first step: above 1 if the recording began after the sequence, or if the sequence is
     * longer than a history.
     */
    public long first() {
        return first;
    }

    /** Returns the verdict; null for a live sequence. */
    public @Nullable Verdict verdict() {
        return verdict;
    }
}
