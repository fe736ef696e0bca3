package io.lstmstreams.waiting;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class PatienceTest {
    private long now = Long.MAX_VALUE - 1; // System.nanoTime may overflow at any time
    private final Patience patience = new Patience("the end", () -> now);

    @Test
    void shouldLastWhileSomethingMoves() {
        for (int i = 0; i < 3; i++) {
            now += Patience.QUIET.toNanos() - 1;
            int progress = i;
            assertThatCode(() -> patience.check(progress)).doesNotThrowAnyException();
        }
    }

    @Test
    void shouldEndWhenNothingMoves() {
        patience.check(1);
        now += Patience.QUIET.toNanos() + 1;

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> patience.check(1))
                .withMessageContaining("the end must come to be")
                .withMessageEndingWith("last seen: 1");
    }

    @Test
    void shouldEndAtTheLimitEvenIfSomethingMoves() {
        now += Patience.LIMIT.toNanos() + 1;

        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> patience.check(2));
    }
}
