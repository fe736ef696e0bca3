package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceStateTest {
    private static final Network NETWORK = TestNetwork.ofEvents(1, 4, 5, 3);

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void shouldSeeEveryNumberThatIsNotFinite(float value) {
        SequenceState state = new SequenceState(NETWORK);
        for (int layer = 0; layer < state.layers(); layer++) {
            for (float[] numbers : new float[][] {state.h(layer), state.c(layer)}) {
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = value;
                    assertThat(state.isFinite()).isFalse();
                    numbers[i] = 0;
                    assertThat(state.isFinite()).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 1f, -1f})
    void shouldAcceptEveryFiniteNumber(float value) {
        SequenceState state = new SequenceState(NETWORK);
        state.h(0)[1] = value;
        state.c(1)[2] = value;

        assertThat(state.isFinite()).isTrue();
    }

    @Test
    void shouldCopyAnotherState() {
        // Given
        SequenceState from = new SequenceState(NETWORK);
        from.steps(7);
        from.lastEventTime(8);
        from.processedAt(9);
        from.h(1)[2] = 0.5f;
        from.c(0)[4] = -2f;
        from.verdict().restore(-3, -2, 4, 5, 6, true);
        SequenceState to = new SequenceState(NETWORK);
        to.c(0)[0] = 1f;

        // When
        to.copyFrom(from);

        // Then
        assertThat(to).usingRecursiveComparison().isEqualTo(from);
    }
}
