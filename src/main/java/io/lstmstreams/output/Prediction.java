package io.lstmstreams.output;

import io.lstmstreams.recurrent.SparseInput;
import java.util.List;

/**
 * The result of one step. Immutable.
 *
 * @param sequence the sequence's id as text
 * @param step the event's number in its sequence, from 1
 * @param time the record's timestamp in milliseconds since the epoch, or {@link #NO_TIME}
 * @param index the event's input line, or -1 for a dense vector
 * @param event the event's name, or its index where the model knows no names; null for a dense vector
 * @param score how the event compares with the prediction made before it; null at step 1 and for a model that predicts no
 *     events
 * @param next the likeliest next events, best first; empty if none were asked for
 * @param details what {@link Include} asked for
 * @param model which of several models made it, 16 hexadecimal digits; null where there is only one
 */
public record Prediction(
        String sequence,
        long step,
        long time,
        int index,
        String event,
        Score score,
        List<Next> next,
        Details details,
        String model)
        implements SequenceOutput {
    /** The time of an event that came without one. */
    public static final long NO_TIME = -1;

    /** How far a sequence is, and nothing more. */
    public static Prediction withoutNumbers(String sequence, long step, long time, String model) {
        return new Prediction(sequence, step, time, SparseInput.DENSE, null, null, List.of(), Details.NONE, model);
    }

    @Override
    public boolean anomalous() {
        return score != null && score.anomalous();
    }

    @Override
    public boolean isFinite() {
        boolean finite = score == null || Double.isFinite(score.logProbability());
        for (Next candidate : next) {
            finite &= Double.isFinite(candidate.probability());
        }
        return finite && details.isFinite();
    }

    /**
     * How likely the event was.
     *
     * @param probability predicted for it, 0 to 1
     * @param logProbability natural logarithm of that
     * @param rank 1 + the number of events with a strictly greater logit
     * @param anomalous by the model's scoring rule
     */
    public record Score(double probability, double logProbability, int rank, boolean anomalous) {}

    /**
     * One candidate for the next event.
     *
     * @param index its input line
     * @param event its name, or its index where the model knows no names
     * @param probability 0 to 1
     */
    public record Next(int index, String event, double probability) {}
}
