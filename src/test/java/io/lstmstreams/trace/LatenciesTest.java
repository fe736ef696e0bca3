package io.lstmstreams.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void shouldReturnQuantilesWithinAnEighth() {
        for (int ms = 1; ms <= 10_000; ms++) {
            latencies.record(ms);
        }

        assertThat(latencies.quantile(0.5)).isBetween(5_000L * 7 / 8, 5_000L);
        assertThat(latencies.quantile(0.99)).isBetween(9_900L * 7 / 8, 9_900L);
    }

    @Test
    void shouldReturnShortTimesExactly() {
        latencies.record(3);
        latencies.record(7);

        assertThat(latencies.quantile(0.5)).isEqualTo(3);
        assertThat(latencies.quantile(1)).isEqualTo(7);
    }

    @Test
    void shouldIgnoreTimesOutsideOfTheCurrentInterval() {
        latencies.record(-5);
        latencies.record(System.currentTimeMillis());

        assertThat(latencies.count()).isZero();
    }

    @Test
    void shouldBeEmptyAfterDraining() {
        latencies.record(5);
        Latencies other = new Latencies();

        other.drain(latencies);

        assertThat(latencies.count()).isZero();
        assertThat(other.count()).isEqualTo(1);
    }
}
