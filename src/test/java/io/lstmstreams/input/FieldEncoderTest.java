package io.lstmstreams.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.SparseInput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The forms in which an event may give the fields of a model's input: a one-hot event, a number and a vector. */
class FieldEncoderTest {
    private final FieldEncoder encoder = new FieldEncoder(List.of(
            new InputField.OneHot("/event", Vocabulary.ofSize(3), 3),
            new InputField.Number("/amount", 0.5, 1),
            new InputField.Vector("/place", 2)));

    private final SparseInput expected = encoder.encode(
            new Event.Fields(Map.of(
                    "event", new Event.Index(2),
                    "amount", new Event.Number(4),
                    "place", new Event.Vector(new float[] {0, 1}))),
            false);

    private void assertSame(Event event) {
        assertThat(encoder.encode(event, false)).usingRecursiveComparison().isEqualTo(expected);
    }

    @Test
    void shouldTakeTheWholeInputVector() {
        assertSame(new Event.Vector(new float[] {0, 0, 1, 4, 0, 1}));
    }

    @Test
    void shouldTakeVectorsForAnEventAndANumber() {
        assertSame(new Event.Fields(Map.of(
                "event", new Event.Vector(new float[] {0, 0, 1}),
                "amount", new Event.Vector(new float[] {4}),
                "place", new Event.Vector(new float[] {0, 1}))));
    }

    @Test
    void shouldRefuseAnEventThatIsNotOneHotAndAVectorOfAnotherLength() {
        assertThatThrownBy(() -> encoder.encode(new Event.Vector(new float[] {0, 1, 1, 4, 0, 1}), false))
                .isInstanceOf(BadEventException.class)
                .hasMessageContaining("/event must be a one-hot vector of 3 elements");
        assertThatThrownBy(() -> encoder.encode(new Event.Vector(new float[] {0, 1, 4, 0, 1}), false))
                .isInstanceOf(BadEventException.class)
                .hasMessageContaining("the vector has 5 elements, but the model's input has 6");
    }
}
