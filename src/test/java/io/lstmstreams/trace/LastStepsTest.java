package io.lstmstreams.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.recurrent.SparseInput;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastStepsTest {
    private final LastSteps steps = new LastSteps();

    private static byte[] id(int number) {
        return ("sequence-" + number).getBytes(UTF_8);
    }

    private static byte[] state(int bytes, int content) {
        byte[] state = new byte[bytes];
        state[0] = (byte) content;
        return state;
    }

    private static LastStep step(long time) {
        return new LastStep(null, SparseInput.oneHot(0), time);
    }

    @Test
    void shouldRememberTheStepBeforeAState() {
        steps.put(id(1), state(100, 1), step(7));

        assertThat(steps.find(id(1), state(100, 1)).time()).isEqualTo(7);
    }

    @Test
    void shouldIgnoreAStepBeforeAnotherState() {
        steps.put(id(1), state(100, 1), step(7));

        assertThat(steps.find(id(1), state(100, 2))).isNull();
        assertThat(steps.find(id(2), state(100, 1))).isNull();
    }

    @Test
    void shouldRememberMostOfTheLatestSequences() {
        assertThat(known(2_000, 1_000)).isBetween(1_000L, 2_000L);
    }

    @Test
    void shouldRememberFewerLargeStates() {
        assertThat(known(2_000, 1 << 20)).isBetween(4L, 8L); // of 16 MiB, before and after the step
    }

    private long known(int sequences, int bytes) {
        byte[] state = state(bytes, 1);
        for (int i = 0; i < sequences; i++) {
            steps.put(id(i), state, step(i));
        }
        return IntStream.range(0, sequences)
                .filter(i -> steps.find(id(i), state) != null)
                .count();
    }
}
