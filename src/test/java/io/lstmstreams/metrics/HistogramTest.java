package io.lstmstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistogramTest {
    private final Histogram histogram = new Histogram("some-values", "Some values", 1, 2, 5);

    @Test
    void shouldCountAValueAtABoundInTheBucketBelow() {
        for (double value : new double[] {0, 1, 1.5, 2, 2.000001, 5, 5.1, 1e9}) {
            histogram.record(value);
        }

        assertThat(histogram.bounds()).containsExactly(1, 2, 5, Double.POSITIVE_INFINITY);
        assertThat(histogram.counts()).containsExactly(2, 2, 2, 2);
        assertThat(histogram.count()).isEqualTo(8);
        assertThat(histogram.sum()).isEqualTo(0 + 1 + 1.5 + 2 + 2.000001 + 5 + 5.1 + 1e9);
    }

    @Test
    void shouldIgnoreNaN() {
        histogram.record(Double.NaN);

        assertThat(histogram.count()).isZero();
        assertThat(histogram.sum()).isZero();
    }

    @Test
    void shouldContinueAfterInfinity() {
        histogram.record(1);
        histogram.record(Double.POSITIVE_INFINITY); // the surprise of an event with probability 0

        assertThat(histogram.counts()).containsExactly(1, 0, 0, 1);
        assertThat(histogram.sum()).isOne();
    }

    @Test
    void shouldHaveAscendingBoundsInAllThatThereAre() {
        assertThat(new StreamMetrics().histograms())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.bounds()).isSorted().doesNotHaveDuplicates());
    }
}
