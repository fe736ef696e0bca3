package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringRuleTest {

    @Test
    void shouldFindNothingAnomalousWithoutARule() {
        assertThat(new ScoringRule.None().isAnomalous(0, 1_000_000)).isFalse();
    }

    @Test
    void shouldCallTheFirstRankBeyondTheLimitAnomalous() {
        ScoringRule rule = new ScoringRule.RankAbove(9);

        assertThat(rule.isAnomalous(0.0001, 9)).isFalse();
        assertThat(rule.isAnomalous(0.9, 10)).isTrue();
    }

    @Test
    void shouldCallAProbabilityBelowTheLimitAnomalous() {
        ScoringRule rule = new ScoringRule.ProbabilityBelow(0.25);

        assertThat(rule.isAnomalous(0.25, 1_000)).isFalse();
        assertThat(rule.isAnomalous(Math.nextDown(0.25), 1)).isTrue();
    }

    @Test
    void shouldCallAPredictionThatIsNoNumberAnomalousByEitherRule() {
        assertThat(new ScoringRule.RankAbove(9).isAnomalous(Double.NaN, 1)).isTrue();
        assertThat(new ScoringRule.ProbabilityBelow(0.25).isAnomalous(Double.NaN, 1))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void shouldRefuseARankThatNoEventCanHave(int rank) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScoringRule.RankAbove(rank))
                .withMessage("the rank of rank-above must be at least 1, but is " + rank);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.5, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
    void shouldRefuseAThresholdThatIsNoProbability(double probability) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ScoringRule.ProbabilityBelow(probability));
    }
}
