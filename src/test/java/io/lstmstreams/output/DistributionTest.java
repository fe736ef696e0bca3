package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistributionTest {
    private static float[] logits(float... logits) {
        return logits;
    }

    @Test
    void shouldReturnProbabilitiesThatAddUpToOne() {
        double logSum = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));

        double[] probabilities = Distribution.probabilities(logits(1, 2, 3), logSum);

        // e / (e + e^2 + e^3) and so on
        assertThat(probabilities)
                .containsExactly(
                        new double[] {0.09003057317038046, 0.24472847105479764, 0.6652409557748218}, within(1e-15));
    }

    @Test
    void shouldRankByStrictlyGreaterLogits() {
        float[] logits = {2, 5, 5, -1, 7};

        assertThat(Distribution.rank(logits, 4)).isEqualTo(1);
        assertThat(Distribution.rank(logits, 1)).isEqualTo(2);
        assertThat(Distribution.rank(logits, 2)).isEqualTo(2);
        assertThat(Distribution.rank(logits, 0)).isEqualTo(4);
        assertThat(Distribution.rank(logits, 3)).isEqualTo(5);
        assertThat(Distribution.rank(logits(3, 3, 3), 2)).isEqualTo(1);
    }

    @Test
    void shouldFindTheLargestWithTheSmallerIndexFirstAmongEqualOnes() {
        float[] logits = {2, 5, 5, -1, 7, 5};

        assertThat(Distribution.top(logits, 1)).containsExactly(4);
        assertThat(Distribution.top(logits, 3)).containsExactly(4, 1, 2);
        assertThat(Distribution.top(logits, 6)).containsExactly(4, 1, 2, 5, 0, 3);
        assertThat(Distribution.top(logits(1, 1, 1), 2)).containsExactly(0, 1);
    }

    @Test
    void shouldFindAllIfMoreAreRequested() {
        assertThat(Distribution.top(logits(1, 2), 10)).containsExactly(1, 0);
    }
}
