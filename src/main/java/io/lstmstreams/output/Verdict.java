package io.lstmstreams.output;

import java.util.Locale;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The aggregate of a sequence's scores at its end. Immutable. If nothing was scored (one event and no end symbol),
 * {@code minAtStep} and {@code maxRank} are 0.
 *
 * @param sequence the sequence's id as text
 * @param steps the number of events that were processed
 * @param ended the reason why the sequence ended
 * @param sumLogProbability the sum of the log probabilities of the events from the second on and of the end
 * @param minLogProbability the smallest of these log probabilities
 * @param minAtStep the first step that has the smallest log probability; the end counts as step {@code steps + 1}
 * @param maxRank the largest rank
 * @param maxRankAtStep the first step that has the largest rank
 * @param endLogProbability the log probability of the end, NaN if the model does not predict ends
 * @param anomalous true if any score was anomalous
 * @param model the id of the model, 16 hexadecimal digits; null if there is only one model
 */
@API(status = API.Status.STABLE)
public record Verdict(
        String sequence,
        long steps,
        Ended ended,
        double sumLogProbability,
        double minLogProbability,
        long minAtStep,
        int maxRank,
        long maxRankAtStep,
        double endLogProbability,
        boolean anomalous,
        @Nullable String model)
        implements SequenceOutput {

    /** The reasons why a sequence ends. */
    public enum Ended {
        /** A record ended the sequence. */
        END_RECORD,
        /** No event was received for {@code lstm.sequence.idle.timeout.ms}. */
        IDLE,
        /** The sequence reached {@code lstm.sequence.max.steps}. */
        MAX_STEPS;

        /** Returns the name in a verdict record. */
        public String recordName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public boolean isFinite() {
        return Double.isFinite(sumLogProbability) && Double.isFinite(minLogProbability); // the sum includes the end
    }

    /** Returns whether anything was scored. */
    public boolean hasScores() {
        return minAtStep > 0;
    }
}
