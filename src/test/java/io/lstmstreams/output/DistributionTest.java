package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistributionTest {

    private static float[] logits(float... logits) {
        return logits;
    }

    @Test
    void shouldAddUpExponentials() {
        assertThat(Distribution.logSumExp(logits(0, 0))).isCloseTo(Math.log(2), within(1e-15));
        assertThat(Distribution.logSumExp(logits((float) Math.log(2), 0))).isCloseTo(Math.log(3), within(1e-7));
    }

    @Test
    void shouldNotOverflowWithHugeLogits() {
        assertThat(Distribution.logSumExp(logits(3e38f, 3e38f))).isCloseTo(3e38f, within(1e31));
        assertThat(Distribution.logSumExp(logits(-3e38f, -3e38f))).isCloseTo(-3e38f, within(1e31));
        assertThat(Distribution.logSumExp(logits(1000, 0))).isEqualTo(1000);
    }

    @Test
    void shouldGiveNaNIfAnyLogitIsNaN() {
        assertThat(Distribution.logSumExp(logits(1, Float.NaN, 2))).isNaN();
        assertThat(Distribution.logSumExp(logits(Float.NaN, 1))).isNaN();
    }

    @Test
    void shouldGiveProbabilitiesThatAddUpToOne() {
        double[] probabilities = Distribution.probabilities(logits(1, 2, 3));

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
    void shouldFindAllWhereMoreAreAskedFor() {
        assertThat(Distribution.top(logits(1, 2), 10)).containsExactly(1, 0);
    }
}
