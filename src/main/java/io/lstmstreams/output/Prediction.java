package io.lstmstreams.output;

import io.lstmstreams.recurrent.SparseInput;
import java.util.List;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The result of one step. Immutable.
 *
 * @param sequence the sequence's id as text
 * @param step the event's number in its sequence, from 1
 * @param time the record's timestamp in milliseconds since the epoch, or {@link #NO_TIME}
 * @param index the event's index in the vocabulary, or {@link SparseInput#NO_EVENT} for a dense vector
 * @param event the event's name, or its index if the vocabulary has no names; null for a dense vector
 * @param score the score of the event against the prediction made before it; null at step 1 and if the model predicts
 *     no events
 * @param next the most likely next events, most likely first; empty if none were requested
 * @param details the numbers that were requested with {@link Include}
 * @param model the id of the model, 16 hexadecimal digits; null if there is only one model
 */
@API(status = API.Status.STABLE)
public record Prediction(
        String sequence,
        long step,
        long time,
        int index,
        @Nullable String event,
        @Nullable Score score,
        List<Next> next,
        Details details,
        @Nullable String model)
        implements SequenceOutput {
    /** The time of an event without a timestamp. */
    public static final long NO_TIME = -1;

    /** Returns a result that has only the number of the last step, its time and the model. */
    public static Prediction withoutNumbers(String sequence, long step, long time, @Nullable String model) {
        return new Prediction(sequence, step, time, SparseInput.NO_EVENT, null, null, List.of(), Details.NONE, model);
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
     * The score of an observed event.
     *
     * @param probability the probability that was predicted for the event, 0 to 1
     * @param logProbability the natural logarithm of the probability
     * @param rank 1 + the number of events with a strictly greater logit
     * @param anomalous true if the event is anomalous by the model's scoring rule
     */
    public record Score(double probability, double logProbability, int rank, boolean anomalous) {}

    /**
     * A candidate for the next event.
     *
     * @param index the event's index in the vocabulary
     * @param event the event's name, or its index if the vocabulary has no names
     * @param probability the predicted probability, 0 to 1
     */
    public record Next(int index, String event, double probability) {}
}
