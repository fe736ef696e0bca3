package io.lstmstreams.recurrent;

/**
 * A rule that decides from the prediction whether the next event is anomalous. It is part of a model, because its
 * threshold was chosen on the model's training data.
 */
public sealed interface ScoringRule {

    /**
     * Returns whether an event is anomalous.
     *
     * @param probability the probability that was predicted for the observed event, 0 to 1
     * @param rank 1 + the number of events that were predicted with a strictly greater logit
     */
    boolean isAnomalous(double probability, int rank);

    /** No rule: probabilities and ranks are reported, and no event is anomalous. */
    record None() implements ScoringRule {
        @Override
        public boolean isAnomalous(double probability, int rank) {
            return false;
        }
    }

    /**
     * The rule that an event is anomalous if it is not among the {@code rank} most likely events (the top-g rule of
     * DeepLog, Du et al. 2017).
     *
     * @param rank the largest normal rank, at least 1
     */
    record RankAbove(int rank) implements ScoringRule {
        public RankAbove {
            if (rank < 1) {
                throw new IllegalArgumentException("the rank of rank-above must be at least 1, but is " + rank);
            }
        }

        @Override
        public boolean isAnomalous(double probability, int rank) {
            // NaN compares with nothing and so has rank 1, but it is no prediction: it is an anomaly.
            return rank > this.rank || Double.isNaN(probability);
        }
    }

    /**
     * The rule that an event is anomalous if it was predicted with less than this probability.
     *
     * @param probability the lowest normal probability, above 0 and at most 1
     */
    record ProbabilityBelow(double probability) implements ScoringRule {
        public ProbabilityBelow {
            if (!(probability > 0 && probability <= 1)) {
                throw new IllegalArgumentException(
                        "the probability of probability-below must be above 0 and at most 1, but is "
                                + Readable.number(probability));
            }
        }

        @Override
        public boolean isAnomalous(double probability, int rank) {
            // Not "<": NaN compares with nothing, and it is an anomaly.
            return !(probability >= this.probability);
        }
    }
}
