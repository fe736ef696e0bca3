package io.lstmstreams.waiting;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ProgressTimeoutTest {
    private long now = Long.MAX_VALUE - 1; // System.nanoTime may overflow at any time
    private final ProgressTimeout timeout = new ProgressTimeout("the end", () -> now);

    @Test
    void shouldWaitWhileThereIsProgress() {
        for (int i = 0; i < 3; i++) {
            now += ProgressTimeout.QUIET.toNanos() - 1;
            int progress = i;
            assertThatCode(() -> timeout.check(progress)).doesNotThrowAnyException();
        }
    }

    @Test
    void shouldFailWithoutProgress() {
        timeout.check(1);
        now += ProgressTimeout.QUIET.toNanos() + 1;

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> timeout.check(1))
                .withMessageContaining("the end did not happen within")
                .withMessageEndingWith("last seen: 1");
    }

    @Test
    void shouldFailAtTheLimitDespiteProgress() {
        now += ProgressTimeout.LIMIT.toNanos() + 1;

        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> timeout.check(2));
    }
}
