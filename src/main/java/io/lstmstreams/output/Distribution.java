package io.lstmstreams.output;

/**
 * Functions of a vector of logits: rank, probabilities and largest elements. Equal logits have the same rank: the rank
 * of an event is 1 + the number of events with a strictly greater logit.
 */
final class Distribution {
    private Distribution() {}

    static int rank(float[] logits, int index) {
        int rank = 1;
        for (float logit : logits) {
            if (logit > logits[index]) {
                rank++;
            }
        }
        return rank;
    }

    /**
     * Returns the softmax of the logits, in double precision.
     *
     * @param logSum the logarithm of the sum of the logits' exponentials
     */
    static double[] probabilities(float[] logits, double logSum) {
        double[] probabilities = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = Math.exp(logits[i] - logSum);
        }
        return probabilities;
    }

    /**
     * Returns the indexes of the k largest logits, largest first; of equal logits, the smaller index first.
     *
     * @param k the number of indexes, at least 1
     */
    static int[] top(float[] logits, int k) {
        int[] best = new int[Math.min(k, logits.length)];
        int found = 0;
        for (int i = 0; i < logits.length; i++) {
            if (found == best.length && !(logits[i] > logits[best[found - 1]])) {
                continue;
            }
            int at = found < best.length ? found++ : found - 1;
            while (at > 0 && logits[i] > logits[best[at - 1]]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = i;
        }
        return best;
    }
}
