package io.lstmstreams.output;

import java.util.Locale;

/**
 * What the scores of a sequence add up to at its end. Immutable. Where nothing was scored (one event and no end symbol),
 * {@code minAtStep} and {@code maxRank} are 0.
 *
 * @param sequence the sequence's id as text
 * @param steps events stepped
 * @param ended why it ended
 * @param sumLogProbability sum of the log probabilities of the events from the 2nd on and of the end
 * @param minLogProbability the smallest of them
 * @param minAtStep the first step that has it; the end counts as step {@code steps + 1}
 * @param maxRank the largest rank
 * @param maxRankAtStep the first step that has it
 * @param endLogProbability log probability of the end, NaN if the model does not predict ends
 * @param anomalous whether any score was
 * @param model which of several models made it, 16 hexadecimal digits; null where there is only one
 */
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
        String model)
        implements SequenceOutput {

    /** Why a sequence ended. */
    public enum Ended {
        /** A record said so. */
        END_RECORD,
        /** No event came for {@code lstm.sequence.idle.timeout.ms}. */
        IDLE,
        /** It reached {@code lstm.sequence.max.steps}. */
        MAX_STEPS;

        /** The name in a verdict record. */
        public String recordName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public boolean isFinite() {
        return Double.isFinite(sumLogProbability) && Double.isFinite(minLogProbability); // the end's is in the sum
    }

    /** Whether anything was scored. */
    public boolean hasScores() {
        return minAtStep > 0;
    }
}
