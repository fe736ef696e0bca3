package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RunningVerdictTest {
    private final RunningVerdict verdict = new RunningVerdict();

    @Test
    void shouldHaveNoScoresAtFirst() {
        assertThat(verdict.hasScores()).isFalse();
        assertThat(verdict.minAtStep()).isZero();
        assertThat(verdict.maxRank()).isZero();
        assertThat(verdict.maxRankAtStep()).isZero();
        assertThat(verdict.sumLogProbability()).isZero();
        assertThat(verdict.anomalous()).isFalse();
    }

    @Test
    void shouldAddUpLogProbabilities() {
        verdict.add(2, -0.25, 1, false);
        verdict.add(3, -1.5, 1, false);

        assertThat(verdict.sumLogProbability()).isCloseTo(-1.75, within(1e-12));
    }

    @Test
    void shouldNameTheFirstStepThatHasTheSmallestLogProbability() {
        verdict.add(2, -1, 1, false);
        verdict.add(3, -5, 1, false);
        verdict.add(4, -5, 1, false);
        verdict.add(5, -2, 1, false);

        assertThat(verdict.minLogProbability()).isEqualTo(-5);
        assertThat(verdict.minAtStep()).isEqualTo(3);
    }

    @Test
    void shouldNameTheFirstStepThatHasTheLargestRank() {
        verdict.add(2, -1, 2, false);
        verdict.add(3, -1, 7, false);
        verdict.add(4, -1, 7, false);
        verdict.add(5, -1, 3, false);

        assertThat(verdict.maxRank()).isEqualTo(7);
        assertThat(verdict.maxRankAtStep()).isEqualTo(3);
    }

    @Test
    void shouldReportACertainEventAsTheSmallestOfOne() {
        verdict.add(2, 0, 1, false);

        assertThat(verdict.hasScores()).isTrue();
        assertThat(verdict.minAtStep()).isEqualTo(2);
        assertThat(verdict.minLogProbability()).isZero();
    }

    @Test
    void shouldStayAnomalous() {
        verdict.add(2, -9, 4, true);
        verdict.add(3, -1, 1, false);

        assertThat(verdict.anomalous()).isTrue();
    }

    @Test
    void shouldKeepTheFirstNaNAsTheSmallest() {
        verdict.add(2, -1, 1, false);
        verdict.add(3, Double.NaN, 1, true);
        verdict.add(4, Double.NaN, 1, true);
        verdict.add(5, -100, 1, false);

        assertThat(verdict.minLogProbability()).isNaN();
        assertThat(verdict.minAtStep()).isEqualTo(3);
        assertThat(verdict.sumLogProbability()).isNaN();
    }

    @Test
    void shouldRemoveEverythingInAReset() {
        verdict.add(2, Double.NaN, 9, true);

        verdict.reset();
        verdict.add(2, -1, 3, false);

        assertThat(verdict.minLogProbability()).isEqualTo(-1);
        assertThat(verdict.sumLogProbability()).isEqualTo(-1);
        assertThat(verdict.maxRank()).isEqualTo(3);
        assertThat(verdict.anomalous()).isFalse();
    }
}
