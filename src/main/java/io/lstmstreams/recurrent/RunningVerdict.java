package io.lstmstreams.recurrent;

/**
 * The aggregate of a sequence's scores so far. It is all that the sequence's verdict needs, and its size does not
 * depend on the sequence's length. Mutable, not thread-safe.
 */
public final class RunningVerdict {
    private double sumLogProbability;
    private double minLogProbability;
    private long minAtStep;
    private int maxRank;
    private long maxRankAtStep;
    private boolean anomalous;

    /** Removes all scores. */
    public void reset() {
        restore(0, 0, 0, 0, 0, false);
    }

    /** Sets every field, as read from stored bytes. */
    public void restore(
            double sumLogProbability,
            double minLogProbability,
            long minAtStep,
            int maxRank,
            long maxRankAtStep,
            boolean anomalous) {
        this.sumLogProbability = sumLogProbability;
        this.minLogProbability = minLogProbability;
        this.minAtStep = minAtStep;
        this.maxRank = maxRank;
        this.maxRankAtStep = maxRankAtStep;
        this.anomalous = anomalous;
    }

    void copyFrom(RunningVerdict other) {
        restore(
                other.sumLogProbability,
                other.minLogProbability,
                other.minAtStep,
                other.maxRank,
                other.maxRankAtStep,
                other.anomalous);
    }

    /** Returns whether the sums are finite. */
    public boolean isFinite() {
        return Double.isFinite(sumLogProbability) && Double.isFinite(minLogProbability);
    }

    /**
     * Adds the score of one event.
     *
     * @param step the event's step, from 1
     * @param logProbability the natural logarithm of the probability that was predicted for the event
     * @param rank 1 + the number of events with a strictly greater logit
     * @param anomalous whether the event is anomalous
     */
    public void add(long step, double logProbability, int rank, boolean anomalous) {
        // NaN counts as the smallest and stays, so that the verdict shows the first step whose result was NaN.
        boolean smaller = logProbability < minLogProbability
                || (Double.isNaN(logProbability) && !Double.isNaN(minLogProbability));
        if (!hasScores() || smaller) {
            minLogProbability = logProbability;
            minAtStep = step;
        }
        if (rank > maxRank) {
            maxRank = rank;
            maxRankAtStep = step;
        }
        sumLogProbability += logProbability;
        this.anomalous |= anomalous;
    }

    /** Returns whether any event was scored; the first event of a sequence is not. */
    public boolean hasScores() {
        return minAtStep > 0;
    }

    /** Returns the sum of the log probabilities. */
    public double sumLogProbability() {
        return sumLogProbability;
    }

    /** Returns the smallest log probability. */
    public double minLogProbability() {
        return minLogProbability;
    }

    /** Returns the first step that has the smallest log probability; 0 before any score. */
    public long minAtStep() {
        return minAtStep;
    }

    /** Returns the largest rank; 0 before any score. */
    public int maxRank() {
        return maxRank;
    }

    /** Returns the first step that has the largest rank; 0 before any score. */
    public long maxRankAtStep() {
        return maxRankAtStep;
    }

    /** Returns whether any score was anomalous. */
    public boolean anomalous() {
        return anomalous;
    }
}
