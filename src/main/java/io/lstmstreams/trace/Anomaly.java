package io.lstmstreams.trace;

import io.lstmstreams.output.Prediction.Next;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first anomaly of a sequence: an observed event to which the model gave a low probability, or a premature end.
 * Safe for any number of threads.
 */
public final class Anomaly {
    private static final int TOP_K = 3;

    private final RecordedSteps recorded;
    private final TracedModel model;
    private final byte @Nullable [] before;
    private final String sequence;
    private final long step;
    private final @Nullable String event;
    private final double probability;
    private final int rank;
    private final long at;
    private volatile int more;
    private volatile @Nullable List<Next> expected; // null before the first call of expected()

    /** @param before the stored state before the event; null for the first step of a sequence */
    Anomaly(
            RecordedSteps recorded,
            TracedModel model,
            byte @Nullable [] before,
            String sequence,
            long step,
            @Nullable String event,
            double probability,
            int rank,
            long at) {
        this.recorded = recorded;
        this.model = model;
        this.before = before;
        this.sequence = sequence;
        this.step = step;
        this.event = event;
        this.probability = probability;
        this.rank = rank;
        this.at = at;
    }

    RecordedSteps recorded() {
        return recorded;
    }

    /** Counts a further anomaly of the sequence. Called by the stream thread only. */
    void addFurther() {
        more++;
    }

    /**
     * Returns the events that the model expected instead, the likeliest first; empty if the state cannot be read. The
     * first call computes the list.
     */
    public List<Next> expected() {
        List<Next> known = expected;
        if (known == null) {
            known = computeExpected();
            expected = known;
        }
        return known;
    }

    private List<Next> computeExpected() {
        try {
            return model.predictor(TOP_K, Set.of()).expected(model.state(before));
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    /** Returns the sequence's id as text. */
    public String sequence() {
        return sequence;
    }

    /** Returns the event's number in its sequence; for an end, the number of the event that is missing. */
    public long step() {
        return step;
    }

    /** Returns the event's name; null for the end of the sequence. */
    public @Nullable String event() {
        return event;
    }

    /** Returns the probability that the model gave the event, 0 to 1. */
    public double probability() {
        return probability;
    }

    /** Returns 1 + the number of events with a greater probability; 0 for an end, which has no rank. */
    public int rank() {
        return rank;
    }

    /** Returns the wall-clock time of the detection, in milliseconds since the epoch. */
    public long at() {
        return at;
    }

    /** Returns the number of later anomalies of this sequence. */
    public int more() {
        return more;
    }
}
