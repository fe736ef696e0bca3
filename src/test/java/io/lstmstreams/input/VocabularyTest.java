package io.lstmstreams.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.event.Event;
import io.lstmstreams.recurrent.TestNetwork;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Test
    void shouldNumberSymbolsInTheirOrder() {
        Vocabulary vocabulary = Vocabulary.of(3, List.of("a", "b", "c"), null, null);

        assertThat(vocabulary.indexOf("b")).isEqualTo(1);
        assertThat(vocabulary.symbol(2)).isEqualTo("c");
        assertThat(vocabulary.indexOf("d")).isEqualTo(-1);
        assertThat(vocabulary.hasEnd()).isFalse();
        assertThat(vocabulary.end()).isEqualTo(-1);
        assertThat(vocabulary.unknown()).isEqualTo(-1);
    }

    @Test
    void shouldPutAnEndThatIsNoSymbolAfterTheLast() {
        Vocabulary vocabulary = Vocabulary.of(3, List.of("a", "b"), "<end>", null);

        assertThat(vocabulary.end()).isEqualTo(2);
        assertThat(vocabulary.symbols()).containsExactly("a", "b", "<end>");
    }

    @Test
    void shouldKeepThePositionOfAnEndAmongTheSymbols() {
        Vocabulary vocabulary = Vocabulary.of(3, List.of("<end>", "a", "b"), "<end>", "b");

        assertThat(vocabulary.end()).isZero();
        assertThat(vocabulary.unknown()).isEqualTo(2);
        assertThat(vocabulary.symbols()).hasSize(3);
    }

    @Test
    void shouldNameEventsByTheirIndexIfTheyHaveNoNames() {
        Vocabulary vocabulary = Vocabulary.ofSize(12);

        assertThat(vocabulary.hasSymbols()).isFalse();
        assertThat(vocabulary.symbols()).isEmpty();
        assertThat(vocabulary.symbol(11)).isEqualTo("11");
        assertThat(vocabulary.indexOf("11")).isEqualTo(-1);
        assertThat(vocabulary.size()).isEqualTo(12);
    }

    @Test
    void shouldReadTheIndexOfAnEventWithoutANameFromItsText() {
        Vocabulary vocabulary = Vocabulary.ofSize(3);

        assertThat(vocabulary.indexOf(new Event.Symbol("2"), 3)).isEqualTo(2);
        assertThatThrownBy(() -> vocabulary.indexOf(new Event.Symbol("3"), 3))
                .isInstanceOf(UnknownEventException.class)
                .hasMessage("the event's index is not within 0 to 2");
        assertThatThrownBy(() -> vocabulary.indexOf(new Event.Symbol("two"), 3))
                .isInstanceOf(UnknownEventException.class)
                .hasMessage("the event is a symbol, but the model knows events by their index only");
    }

    @Test
    void shouldRefuseSymbolsThatDoNotFit() {
        assertRefused("the vocabulary is empty", 3, List.of(), null, null);
        assertRefused("the vocabulary has 2 symbols, but the model knows 4 events", 4, List.of("a", "b"), null, null);
        assertRefused(
                "the vocabulary has 2 symbols, but the model knows 3 events: if the last one is the end of a sequence,"
                        + " --end-symbol names it; if event 0 is padding, <pad> is the first line of the vocabulary",
                3,
                List.of("a", "b"),
                null,
                null);
        assertRefused(
                "the vocabulary has 3 symbols with the end symbol, but the model knows 4 events: if event 0 is padding,"
                        + " <pad> is the first line of the vocabulary",
                4,
                List.of("a", "b"),
                "<end>",
                null);
        assertRefused(
                "the vocabulary has 3 symbols, but the model knows 2 events: without <pad> in its first line, the"
                        + " vocabulary fits",
                2,
                List.of("<pad>", "a", "b"),
                null,
                null);
        assertRefused(
                "the vocabulary has 3 symbols with the end symbol, but the model knows 2 events",
                2,
                List.of("a", "b"),
                "<end>",
                null);
        assertRefused("the vocabulary contains a twice", 2, List.of("a", "a"), null, null);
        assertRefused("symbol 1 of the vocabulary is null", 2, Arrays.asList("a", null), null, null);
        assertRefused("symbol 0 of the vocabulary is not Unicode text", 2, List.of("\udc00", "a"), null, null);
        assertRefused("the unknown symbol x is not an event of the vocabulary", 2, List.of("a", "b"), null, "x");
        assertRefused("the unknown symbol b is not an event of the vocabulary", 2, List.of("a", "b"), "b", "b");
    }

    private static void assertRefused(String message, int size, List<String> symbols, String end, String unknown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Vocabulary.of(size, symbols, end, unknown))
                .withMessage(message);
    }

    @Test
    void shouldRefuseAVocabularyOfAnotherModel() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Model(TestNetwork.ofEvents(1, 4, 2), Vocabulary.ofSize(3)))
                .withMessage("the vocabulary has 3 symbols, but the model knows 4 events");
    }
}
