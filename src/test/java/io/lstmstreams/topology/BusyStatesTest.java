package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.recurrent.Model;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.TestModel;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.Test;

class BusyStatesTest {
    private static final Bytes A = Bytes.wrap(new byte[] {1});
    private static final Bytes B = Bytes.wrap(new byte[] {2});
    private static final Bytes C = Bytes.wrap(new byte[] {3});

    private final Model model = TestModel.ofEvents(1, 3, 2);
    private final BusyStates states = new BusyStates(() -> new SequenceState(model), 2);

    @Test
    void shouldGiveTheStateOfTheVeryArrayThatWasStored() {
        // Given
        byte[] stored = {7};
        SequenceState state = states.blank();
        states.keep(A, stored, state);

        // When, Then: once, because it is the caller's then
        assertThat(states.take(Bytes.wrap(new byte[] {1}), stored)).isSameAs(state);
        assertThat(states.take(A, stored)).isNull();
    }

    @Test
    void shouldNotTakeAnotherArrayForTheOneThatWasStored() {
        // Given
        states.keep(A, new byte[] {7}, states.blank());
        states.keep(B, new byte[] {7}, states.blank());

        // When, Then: equal bytes that came from somewhere else, and none
        assertThat(states.take(A, new byte[] {7})).isNull();
        assertThat(states.take(B, null)).isNull();
    }

    @Test
    void shouldLetTheOneGoThatWasKeptLongestAgo() {
        // Given
        byte[] stored = {7};
        SequenceState a = states.blank();
        a.steps(5);
        SequenceState b = states.blank();
        states.keep(A, stored, a);
        states.keep(B, stored, b);

        // When
        states.keep(C, stored, states.blank());

        // Then: its place is used anew, from zero
        assertThat(states.take(A, stored)).isNull();
        assertThat(states.take(B, stored)).isSameAs(b);
        SequenceState reused = states.blank();
        assertThat(reused).isSameAs(a);
        assertThat(reused.steps()).isZero();
    }

    @Test
    void shouldKnowNothingAfterItWasCleared() {
        // Given
        byte[] stored = {7};
        states.keep(A, stored, states.blank());

        // When
        states.clear();

        // Then
        assertThat(states.take(A, stored)).isNull();
    }
}
