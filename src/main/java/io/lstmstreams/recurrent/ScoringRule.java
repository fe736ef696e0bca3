package io.lstmstreams.recurrent;

/**
 * When is an event anomalous, given the prediction made before it? Part of a model: the threshold was chosen on its
 * training data.
 */
public sealed interface ScoringRule {

    /**
     * Rates one event.
     *
     * @param probability predicted for the event that came, 0 to 1
     * @param rank 1 + the number of events that were predicted with a strictly greater logit
     */
    boolean isAnomalous(double probability, int rank);

    /** No rule: probabilities and ranks are reported, nothing is called anomalous. */
    record None() implements ScoringRule {
        @Override
        public boolean isAnomalous(double probability, int rank) {
            return false;
        }
    }

    /**
     * Anomalous when the event is not among the {@code rank} most likely ones (the top-g rule of DeepLog, Du et al. 2017).
     *
     * @param rank the last rank that is still normal, at least 1
     */
    record RankAbove(int rank) implements ScoringRule {
        public RankAbove {
            if (rank < 1) {
                throw new IllegalArgumentException("rank-above wants a rank of at least 1, not " + rank);
            }
        }

        @Override
        public boolean isAnomalous(double probability, int rank) {
            // A NaN beats nothing and so has rank 1, but it is no prediction: an anomaly and not a pass.
            return rank > this.rank || Double.isNaN(probability);
        }
    }

    /**
     * Anomalous when the event was predicted with less than this probability.
     *
     * @param probability the lowest probability that is still normal, above 0 and at most 1
     */
    record ProbabilityBelow(double probability) implements ScoringRule {
        public ProbabilityBelow {
            if (!(probability > 0 && probability <= 1)) {
                throw new IllegalArgumentException(
                        "probability-below wants a probability above 0 and at most 1, not " + probability);
            }
        }

        @Override
        public boolean isAnomalous(double probability, int rank) {
            // Written so that a NaN, which compares with nothing, is an anomaly and not a pass.
            return !(probability >= this.probability);
        }
    }
}
