package io.lstmstreams.recurrent;

/**
 * What the scores of a sequence add up to so far: enough for its verdict, whatever its length. Mutable, not thread-safe.
 */
public final class RunningVerdict {
    private double sumLogProbability;
    private double minLogProbability;
    private long minAtStep;
    private int maxRank;
    private long maxRankAtStep;
    private boolean anomalous;

    /** No score yet. */
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

    void copy(RunningVerdict other) {
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
     * Takes in the score of one event.
     *
     * @param step the event's step, from 1
     * @param logProbability natural logarithm of the probability that was predicted for it
     * @param rank 1 + the number of events with a strictly greater logit
     */
    public void add(long step, double logProbability, int rank, boolean anomalous) {
        // A NaN wins and stays: whoever reads the verdict shall see that the numbers broke, and where.
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

    /** Whether any event was scored; the first one of a sequence is not. */
    public boolean hasScores() {
        return minAtStep > 0;
    }

    /** Sum of the log probabilities. */
    public double sumLogProbability() {
        return sumLogProbability;
    }

    /** The smallest log probability. */
    public double minLogProbability() {
        return minLogProbability;
    }

    /** The first step that has the smallest log probability; 0 before any score. */
    public long minAtStep() {
        return minAtStep;
    }

    /** The largest rank; 0 before any score. */
    public int maxRank() {
        return maxRank;
    }

    /** The first step that has the largest rank; 0 before any score. */
    public long maxRankAtStep() {
        return maxRankAtStep;
    }

    /** Whether any score was anomalous. */
    public boolean anomalous() {
        return anomalous;
    }
}
