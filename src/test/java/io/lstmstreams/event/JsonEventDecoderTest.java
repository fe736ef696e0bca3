package io.lstmstreams.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventDecoderTest {
    private final JsonEventDecoder decoder = new JsonEventDecoder("/event");

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private Event event(String json) {
        return decoder.decode(bytes(json)).event();
    }

    private static void assertBad(JsonEventDecoder decoder, byte[] value, String message) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> decoder.decode(value))
                .withMessage(message);
    }

    @Test
    void shouldReadASymbol() {
        assertThat(event("{'event':'E11'}")).isEqualTo(new Event.Symbol("E11"));
        assertThat(event("{'event':'\u00fc \\u20ac'}")).isEqualTo(new Event.Symbol("\u00fc \u20ac"));
        assertThat(event("{'event':''}")).isEqualTo(new Event.Symbol(""));
        assertThat(event("{'event':'7'}")).isEqualTo(new Event.Symbol("7"));
    }

    @Test
    void shouldReadAnIndex() {
        assertThat(event("{'event':7}")).isEqualTo(new Event.Index(7));
        assertThat(event("{'event':-1}")).isEqualTo(new Event.Index(-1));
        assertThat(event("{'event':9223372036854775807}")).isEqualTo(new Event.Index(Long.MAX_VALUE));
    }

    @Test
    void shouldReadAVector() {
        assertThat(((Event.Vector) event("{'event':[0,1.5,-2e-1]}")).values()).containsExactly(0, 1.5f, -0.2f);
        assertThat(((Event.Vector) event("{'event':[]}")).values()).isEmpty();
    }

    @Test
    void shouldIgnoreOtherFields() {
        Decoded decoded = decoder.decode(bytes("{'when':{'end':true},'event':'a','x':[1,{}]}"));

        assertThat(decoded).isEqualTo(new Decoded(new Event.Symbol("a"), false));
    }

    @Test
    void shouldReadTheEndBesideTheEvent() {
        assertThat(decoder.decode(bytes("{'event':'a','end':true}")))
                .isEqualTo(new Decoded(new Event.Symbol("a"), true));
        assertThat(decoder.decode(bytes("{'event':'a','end':false}"))).isEqualTo(Decoded.of(new Event.Symbol("a")));
        assertThat(decoder.decode(bytes("{'event':'a','end':null}"))).isEqualTo(Decoded.of(new Event.Symbol("a")));
    }

    @Test
    void shouldReadAnEndWithoutAnEvent() {
        assertThat(decoder.decode(bytes("{'end':true}"))).isEqualTo(Decoded.END);
        assertThat(decoder.decode(bytes("{'end':true,'event':null}"))).isEqualTo(Decoded.END);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'true'", "1", "[true]", "{}"})
    void shouldRefuseAnEndThatIsNeitherTrueNorFalse(String end) {
        assertBad(decoder, bytes("{'event':'a','end':" + end + "}"), "\"end\" must be true or false");
    }

    @Test
    void shouldFindTheEndBesideANestedEvent() {
        JsonEventDecoder nested = new JsonEventDecoder("/a/event");

        assertThat(nested.decode(bytes("{'end':true,'a':{'event':'x'}}")).end()).isFalse();
        assertThat(nested.decode(bytes("{'a':{'event':'x','end':true}}")).end()).isTrue();
        assertThat(nested.decode(bytes("{'a':{'end':true}}"))).isEqualTo(Decoded.END);
    }

    @Test
    void shouldFindAnEventInAnArray() {
        assertThat(new JsonEventDecoder("/log/1")
                        .decode(bytes("{'log':['a','b']}"))
                        .event())
                .isEqualTo(new Event.Symbol("b"));
    }

    @Test
    void shouldFindAnEventWhoseFieldHasASlash() {
        assertThat(new JsonEventDecoder("/a~1b").decode(bytes("{'a/b':'x'}")).event())
                .isEqualTo(new Event.Symbol("x"));
    }

    @Test
    void shouldUseTheWholeDocumentWithAnEmptyPointer() {
        JsonEventDecoder whole = new JsonEventDecoder("");

        assertThat(whole.decode(bytes("'E1'")).event()).isEqualTo(new Event.Symbol("E1"));
        assertThat(whole.decode(bytes("3")).event()).isEqualTo(new Event.Index(3));
        assertThat(((Event.Vector) whole.decode(bytes("[1,0]")).event()).values())
                .containsExactly(1, 0);
        assertBad(whole, bytes("null"), "there is no event at the root");
        assertThat(whole.decode(bytes("{'end':true}"))).isEqualTo(Decoded.END);
        assertThat(whole.decode(bytes("{'a':1,'end':true}")).end()).isTrue();
        assertThat(whole.decode(bytes("{'a':1}"))).isEqualTo(Decoded.of(fields("a", new Event.Index(1))));
    }

    @Test
    void shouldReadNumbersAndObjectsOfFields() {
        assertThat(decoder.decode(bytes("{'event':1.5}")).event()).isEqualTo(new Event.Number(1.5));
        assertThat(decoder.decode(bytes("{'event':{'a':'x','b':{'c':-0.5},'d':true,'e':['x'],'f':null}}"))
                        .event())
                .isEqualTo(
                        new Event.Fields(Map.of("a", new Event.Symbol("x"), "b", fields("c", new Event.Number(-0.5)))));
    }

    private static Event fields(String name, Event value) {
        return new Event.Fields(Map.of(name, value));
    }

    @Test
    void shouldFindAnEventThatIsCalledEnd() {
        JsonEventDecoder end = new JsonEventDecoder("/end");

        assertThat(end.decode(bytes("{'end':'checkout'}"))).isEqualTo(Decoded.of(new Event.Symbol("checkout")));
    }

    @Test
    void shouldRefuseAnInvalidPointer() {
        assertThatIllegalArgumentException().isThrownBy(() -> new JsonEventDecoder("event"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | there is no event at /event",
                "{'event':null} | there is no event at /event",
                "{'Event':'a'} | there is no event at /event",
                "{'end':false} | there is no event at /event",
                "['a'] | there is no event at /event",
                "null | there is no event at /event",
                "7 | there is no event at /event",
                "{'event':true} | the event must be a symbol, a number, an array of numbers or an object",
                "{'event':9223372036854775808} | the event's index has more than 64 bits",
                "{'event':-9223372036854775809} | the event's index has more than 64 bits",
                "{'event':[0,'1']} | element 1 of the event's vector is not a number",
                "{'event':[0,null]} | element 1 of the event's vector is not a number",
                "{'event':[[0,1]]} | element 0 of the event's vector is not a number",
                "{'event':[true]} | element 0 of the event's vector is not a number"
            })
    void shouldRefuseAnEventOfAnotherForm(String json, String message) {
        assertBad(decoder, bytes(json), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "{",
                "{'event':'a'",
                "{'event':'a'}}",
                "{'event':'a'} x",
                "{'event':'a'} {'event':'b'}",
                "{'event':'a','event':'b'}",
                "{'event':'a',}",
                "{'event':NaN}",
                "{'event':01}",
                "{'event':+1}",
                "{'event':'\u0007'}",
                "{'event':'a'}//",
                "{event:1}"
            })
    void shouldRefuseInvalidJson(String value) {
        assertBad(decoder, bytes(value), "the value is not JSON");
    }

    @Test
    void shouldAdviseOnAValueThatIsNotAnObject() {
        JsonEventDecoder advising = new JsonEventDecoder("/event", ": read the manual");

        assertBad(advising, bytes("E5"), "the value is not JSON: read the manual");
        assertBad(advising, bytes("'E5'"), "there is no event at /event: read the manual");
        assertBad(advising, bytes("{'events':'E5'}"), "there is no event at /event");
    }

    @Test
    void shouldRefuseAnEmptyValue() {
        assertBad(decoder, new byte[0], "the value is empty, not JSON");
        assertBad(decoder, bytes(" \n"), "the value is not JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff0001", "00", "80", "7b226576656e74223a22ff227d", "7b226576656e74223a22c3227d", "efbbbf"})
    void shouldRefuseBytesThatAreNoText(String hex) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> decoder.decode(HexFormat.of().parseHex(hex)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{'event':", "{'event':["})
    void shouldRefuseDeepNesting(String opening) {
        assertBad(
                decoder,
                bytes("{'event':" + opening.repeat(200_000)),
                "the value's JSON exceeds a limit: Document nesting depth (1001) exceeds the maximum allowed (1000)");
    }

    @Test
    void shouldRefuseAnEndlessNumber() {
        assertBad(
                decoder,
                bytes("{'event':" + "9".repeat(100_000) + "}"),
                "the value's JSON exceeds a limit: Number value length (100000) exceeds the maximum allowed (1000)");
    }

    @Test
    void shouldRefuseAnEndlessText() {
        assertBad(
                decoder,
                bytes("{'event':'" + "a".repeat(20_000_001) + "'}"),
                "the value's JSON exceeds a limit: String value length (20000001) exceeds the maximum allowed (20000000)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SECRET",
                "{'event':'SECRET",
                "{'SECRET':1}",
                "{'event':true,'SECRET':'SECRET'}",
                "{'event':'a','end':'SECRET'}",
                "{'event':['SECRET']}",
                "{'event':'a'} SECRET",
                "{'SECRET':1,'SECRET':2}"
            })
    void shouldNeverQuoteThePayload(String value) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> decoder.decode(bytes(value)))
                .satisfies(e -> assertThat(e).message().doesNotContain("SECRET"))
                .satisfies(e -> assertThat(e.getCause()).isNull())
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
    }
}
