package io.lstmstreams.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.TestNetwork;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputEncoderTest {
    /** The input indexes are those of a, b, other, end. */
    private final InputEncoder encoder = encoder(Vocabulary.of(4, List.of("a", "b", "other"), "end", "other"));

    private final InputEncoder indexed = encoder(Vocabulary.ofSize(4));

    private final InputEncoder dense = new InputEncoder(new Model(
            TestNetwork.of(1, InputEncoding.DENSE, 3, new ScoringRule.None(), 2),
            Vocabulary.of(3, List.of("x", "y", "z"), null, "z")));

    private static InputEncoder encoder(Vocabulary vocabulary) {
        return new InputEncoder(new Model(TestNetwork.ofEvents(1, 4, 2), vocabulary));
    }

    private static void assertBad(InputEncoder encoder, Event event, String message) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> encoder.encode(event))
                .withMessage(message)
                .satisfies(e -> assertThat(e).isNotInstanceOf(UnknownEventException.class));
    }

    private static void assertUnknown(InputEncoder encoder, Event event, String message) {
        assertThatExceptionOfType(UnknownEventException.class)
                .isThrownBy(() -> encoder.encode(event))
                .withMessage(message);
    }

    private static Event vector(float... values) {
        return new Event.Vector(values);
    }

    @Test
    void shouldFindTheIndexOfASymbol() {
        assertThat(encoder.encode(new Event.Symbol("b")).eventIndex()).isEqualTo(1);
    }

    @Test
    void shouldUseAnIndexAsTheInputIndex() {
        assertThat(encoder.encode(new Event.Index(2)).eventIndex()).isEqualTo(2);
        assertThat(indexed.encode(new Event.Index(3)).eventIndex()).isEqualTo(3);
    }

    @Test
    void shouldFindTheHotIndexOfAVector() {
        assertThat(encoder.encode(vector(0, -0f, 1, 0)).eventIndex()).isEqualTo(2);
    }

    @Test
    void shouldCallASymbolThatTheVocabularyDoesNotHaveUnknown() {
        assertUnknown(encoder, new Event.Symbol("SECRET"), "the event is not in the model's vocabulary");
        assertUnknown(encoder, new Event.Symbol(""), "the event is not in the model's vocabulary");
        assertUnknown(encoder, new Event.Symbol("A"), "the event is not in the model's vocabulary");
    }

    @Test
    void shouldTreatEverySymbolButAnIndexAsUnknownIfEventsHaveNoNames() {
        assertUnknown(
                indexed,
                new Event.Symbol("one"),
                "the event is a symbol, but the model knows events by their index only");
        assertThat(indexed.encode(new Event.Symbol("1"))).isEqualTo(indexed.encode(new Event.Index(1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4, 999_999, 1L << 32, (1L << 32) + 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldCallAnIndexOutOfRangeUnknown(long index) {
        assertUnknown(encoder, new Event.Index(index), "the event's index is not within 0 to 3");
    }

    @Test
    void shouldRefuseTheEndAsAnEventInEveryForm() {
        String message = "the end of a sequence is not an event; a record without a value ends one";

        assertBad(encoder, new Event.Symbol("end"), message);
        assertBad(encoder, new Event.Index(3), message);
        assertBad(encoder, vector(0, 0, 0, 1), message);
    }

    @Test
    void shouldRefuseAVectorThatIsNotOneHot() {
        String rule = " breaks the one-hot vector: one element must be 1, all others 0";

        assertBad(encoder, vector(1, 0, 1, 0), "element 2" + rule);
        assertBad(encoder, vector(0, 0.5f, 0, 0), "element 1" + rule);
        assertBad(encoder, vector(0, 1, 0, 0.5f), "element 3" + rule);
        assertBad(encoder, vector(-1, 0, 0, 0), "element 0" + rule);
        assertBad(encoder, vector(0, 0, Float.NaN, 0), "element 2" + rule);
        assertBad(encoder, vector(0, Float.POSITIVE_INFINITY, 0, 0), "element 1" + rule);
        assertBad(encoder, vector(0, 0, 0, 0), "the one-hot vector is all zeros");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5})
    void shouldRefuseAVectorOfAnotherLength(int length) {
        assertBad(
                encoder,
                new Event.Vector(new float[length]),
                "the vector has " + length + " elements, but the model's input has 4");
    }

    @Test
    void shouldEncodeUnknownEventsAsTheUnknownSymbol() {
        assertThat(encoder.encodeUnknown(new Event.Symbol("no such event")).eventIndex())
                .isEqualTo(2);
    }

    @Test
    void shouldRefuseUnknownEventsWithoutAnUnknownSymbol() {
        assertThatIllegalStateException()
                .isThrownBy(indexed::requireUnknown)
                .withMessage("the model's vocabulary has no unknown symbol");
        assertThatIllegalStateException()
                .isThrownBy(dense::requireUnknown)
                .withMessage("the model takes dense vectors, so no input stands for unknown events");
    }

    @Test
    void shouldAcceptAnyFiniteDenseVector() {
        assertThat(dense.encode(vector(1, 0.5f, -3e38f)).eventIndex()).isEqualTo(SparseInput.NO_EVENT);
    }

    @Test
    void shouldRefuseADenseVectorThatIsNotFinite() {
        assertBad(dense, vector(0, Float.NaN, 0), "element 1 of the vector is not a finite number");
        assertBad(dense, vector(0, 0, Float.NEGATIVE_INFINITY), "element 2 of the vector is not a finite number");
    }

    @Test
    void shouldRefuseADenseVectorOfAnotherLength() {
        assertBad(dense, vector(1, 2), "the vector has 2 elements, but the model's input has 3");
    }

    @Test
    void shouldTreatAnIndexAsItsOneHotVectorIfTheModelTakesVectors() {
        assertThat(dense.encode(new Event.Index(1)).eventIndex()).isEqualTo(1);
        assertThat(dense.encode(new Event.Symbol("z")).eventIndex()).isEqualTo(2);
        assertUnknown(dense, new Event.Symbol("w"), "the event is not in the model's vocabulary");
        assertUnknown(dense, new Event.Index(3), "the event's index is not within 0 to 2");
    }

    @Test
    void shouldRefuseNumbersAndFieldsIfTheModelTakesOneEvent() {
        assertBad(encoder, new Event.Number(1.5), "the event must be a symbol or an index");
        assertBad(encoder, new Event.Fields(Map.of()), "the event must be a symbol or an index");
        assertBad(dense, new Event.Number(1.5), "the event must be a symbol or an index");
    }
}
