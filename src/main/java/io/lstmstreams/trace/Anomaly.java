package io.lstmstreams.trace;

import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.recurrent.SequenceState;
import java.util.List;
import java.util.Set;

/**
 * The first anomaly of a sequence: an event that the model hardly expected, or an end that came too early. Safe for
 * any number of threads.
 */
public final class Anomaly {
    private static final int TOP_K = 3;

    private final RecordedSteps recorded;
    private final TracedModel model;
    private final byte[] before;
    private final String sequence;
    private final long step;
    private final String event;
    private final double probability;
    private final int rank;
    private final long at;
    private volatile int more;
    private volatile List<Next> expected;

    /** @param before the stored state before the event */
    Anomaly(
            RecordedSteps recorded,
            TracedModel model,
            byte[] before,
            String sequence,
            long step,
            String event,
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
    void oneMore() {
        more++;
    }

    /**
     * Returns the events that the model expected instead, the likeliest first. The list is empty if the state cannot
     * be read. It is computed on the first call.
     */
    public List<Next> expected() {
        if (expected == null) {
            try {
                SequenceState state = model.state(before);
                expected = model.predictor(TOP_K, Set.of()).expected(state);
            } catch (RuntimeException e) {
                expected = List.of();
            }
        }
        return expected;
    }

    /** Returns the sequence's id as text. */
    public String sequence() {
        return sequence;
    }

    /** Returns the event's number in its sequence. An end has the number of the event that did not come. */
    public long step() {
        return step;
    }

    /** Returns the event's name, or null for the end of the sequence. */
    public String event() {
        return event;
    }

    /** Returns the probability that the model gave the event, 0 to 1. */
    public double probability() {
        return probability;
    }

    /** Returns 1 + the number of events that the model expected more, or 0 for an end, which has no rank. */
    public int rank() {
        return rank;
    }

    /** Returns the wall-clock time of its detection, in milliseconds since the epoch. */
    public long at() {
        return at;
    }

    /** Returns the number of later anomalies of this sequence. */
    public int more() {
        return more;
    }
}
