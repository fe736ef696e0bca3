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

    private final TaskModel model = new TaskModel(
            ModelVersion.of(null, TinyModels.events(), Kernels.named("scalar")), 1, ModelChangeTest.OPTIONS);
    private final BusyStates states = new BusyStates(1, 2);

    @Test
    void shouldGiveTheStateOfTheVeryArrayThatWasStored() {
        // Given
        byte[] stored = {7};
        SequenceState state = model.blank();
        states.keep(A, stored, model, state);

        // When, Then: once, because it is the caller's then
        assertThat(states.take(Bytes.wrap(new byte[] {1}), stored).state()).isSameAs(state);
        assertThat(states.take(A, stored)).isNull();
    }

    @Test
    void shouldNotTakeAnotherArrayForTheOneThatWasStored() {
        // Given
        states.keep(A, new byte[] {7}, model, model.blank());
        states.keep(B, new byte[] {7}, model, model.blank());

        // When, Then: equal bytes that came from somewhere else, and none
        assertThat(states.take(A, new byte[] {7})).isNull();
        assertThat(states.take(B, null)).isNull();
    }

    @Test
    void shouldLetTheOneGoThatWasKeptLongestAgo() {
        // Given
        byte[] stored = {7};
        SequenceState a = model.blank();
        a.steps(5);
        SequenceState b = model.blank();
        states.keep(A, stored, model, a);
        states.keep(B, stored, model, b);

        // When
        states.keep(C, stored, model, model.blank());

        // Then: its place is used anew, from zero
        assertThat(states.take(A, stored)).isNull();
        assertThat(states.take(B, stored).state()).isSameAs(b);
        SequenceState reused = model.blank();
        assertThat(reused).isSameAs(a);
        assertThat(reused.steps()).isZero();
    }

    @Test
    void shouldKnowNothingAfterItWasCleared() {
        // Given
        byte[] stored = {7};
        states.keep(A, stored, model, model.blank());

        // When
        states.clear();

        // Then
        assertThat(states.take(A, stored)).isNull();
    }
}
