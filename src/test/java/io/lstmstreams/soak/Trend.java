package io.lstmstreams.soak;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The trend of one figure over the second half of a run, by least squares.
 *
 * @param growth the growth from the beginning to the end of that half
 * @param error the standard error of the growth
 * @param mean the mean of that half
 */
record Trend(double growth, double error, double mean) {
    private static final double ERRORS = 3;

    /** Fits a line to the second half of the samples. */
    static Trend of(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        List<Sample> half = samples.subList(samples.size() / 2, samples.size());
        double meanTime = half.stream().mapToDouble(Sample::seconds).average().orElse(0);
        double mean = half.stream().mapToDouble(figure).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (Sample sample : half) {
            double time = sample.seconds() - meanTime;
            products += time * (figure.applyAsDouble(sample) - mean);
            squares += time * time;
        }
        if (half.size() < 3) {
            return new Trend(0, 0, mean);
        }
        double slope = products / squares;
        double residuals = 0;
        for (Sample sample : half) {
            double residual = figure.applyAsDouble(sample) - mean - slope * (sample.seconds() - meanTime);
            residuals += residual * residual;
        }
        double time = half.get(half.size() - 1).seconds() - half.get(0).seconds();
        double error = Math.sqrt(residuals / (half.size() - 2) / squares);
        return new Trend(slope * time, error * time, mean);
    }

    /** Returns whether the figure grows by more than a share of itself, a fixed amount and three standard errors. */
    boolean exceeds(double share, double amount) {
        return growth > Math.max(share * mean, amount) && growth > ERRORS * error;
    }
}
