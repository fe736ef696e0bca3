package io.lstmstreams.trace;

import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.recurrent.SequenceState;
import java.util.List;
import java.util.Set;

/**
 * An event that the model had hardly expected, or an end that came too early: the first one of its sequence. Safe for any number of
 * threads.
 */
public final class Anomaly {
    private static final int NAMED = 3;

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

    /** @param before the state that it met, as it was stored */
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

    /** The thread of the stream alone counts. */
    void oneMore() {
        more++;
    }

    /**
     * What the model had expected instead, the likeliest first; empty where its state cannot be read. Worked out when it is first
     * asked for.
     */
    public List<Next> expected() {
        if (expected == null) {
            try {
                SequenceState state = model.state(before);
                expected = model.predictor(NAMED, Set.of()).expected(state);
            } catch (RuntimeException e) {
                expected = List.of();
            }
        }
        return expected;
    }

    /** The sequence's id as text. */
    public String sequence() {
        return sequence;
    }

    /** The event's number in its sequence; an end has the number of the event that did not come. */
    public long step() {
        return step;
    }

    /** The event's name; null for the end of the sequence. */
    public String event() {
        return event;
    }

    /** What the model had thought of it, 0 to 1. */
    public double probability() {
        return probability;
    }

    /** 1 + the number of events that it had thought likelier; 0 for an end, where nobody counted. */
    public int rank() {
        return rank;
    }

    /** When it was found, in milliseconds since the epoch. */
    public long at() {
        return at;
    }

    /** How many more anomalies this sequence had since. */
    public int more() {
        return more;
    }
}
