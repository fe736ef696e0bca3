package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.recurrent.SequenceState;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class BusyStatesTest {
    private static final Bytes A = Bytes.wrap(new byte[] {1});
    private static final Bytes B = Bytes.wrap(new byte[] {2});
    private static final Bytes C = Bytes.wrap(new byte[] {3});

    private final TaskModel model =
            new TaskModel(ModelVersion.of(null, TinyModels.events(), Kernels.named("scalar")), ModelChangeTest.OPTIONS);
    private final BusyStates states = new BusyStates(1, 2);

    @Test
    void shouldReturnTheStateOfTheStoredArray() {
        // Given
        byte[] stored = {7};
        SequenceState state = model.zeroState();
        states.put(A, stored, model, state);

        // When, Then: once, because the caller owns it then
        assertThat(states.take(Bytes.wrap(new byte[] {1}), stored).state()).isSameAs(state);
        assertThat(states.take(A, stored)).isNull();
    }

    @Test
    void shouldNotMistakeAnotherArrayForTheStoredOne() {
        // Given
        states.put(A, new byte[] {7}, model, model.zeroState());
        states.put(B, new byte[] {7}, model, model.zeroState());

        // When, Then: equal bytes in another array, and null
        assertThat(states.take(A, new byte[] {7})).isNull();
        assertThat(states.take(B, null)).isNull();
    }

    @Test
    void shouldEvictTheOldestState() {
        // Given
        byte[] stored = {7};
        SequenceState a = model.zeroState();
        a.steps(5);
        SequenceState b = model.zeroState();
        states.put(A, stored, model, a);
        states.put(B, stored, model, b);

        // When
        states.put(C, stored, model, model.zeroState());

        // Then: its entry is used again, from a zero state
        assertThat(states.take(A, stored)).isNull();
        assertThat(states.take(B, stored).state()).isSameAs(b);
        SequenceState reused = model.zeroState();
        assertThat(reused).isSameAs(a);
        assertThat(reused.steps()).isZero();
    }

    @Test
    void shouldBeEmptyAfterItWasCleared() {
        // Given
        byte[] stored = {7};
        states.put(A, stored, model, model.zeroState());

        // When
        states.clear();

        // Then
        assertThat(states.take(A, stored)).isNull();
    }
}
