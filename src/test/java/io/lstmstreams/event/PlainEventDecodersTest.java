package io.lstmstreams.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats in which the whole value is the event. */
class PlainEventDecodersTest {

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static void assertBad(EventDecoder<byte[]> decoder, byte[] value, String message) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> decoder.decode(value))
                .withMessage(message);
    }

    @Test
    void shouldReadASymbolInUtf8() {
        StringEventDecoder decoder = new StringEventDecoder();

        assertThat(decoder.decode("E\u20ac 1".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Decoded.of(new Event.Symbol("E\u20ac 1")));
        assertThat(decoder.decode(hex("efbfbd")).event()).isEqualTo(new Event.Symbol("\ufffd"));
    }

    @Test
    void shouldRefuseAnEmptySymbol() {
        assertBad(new StringEventDecoder(), new byte[0], "the value is empty, not a symbol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c3", "61c0af", "eda080", "f8888080"})
    void shouldRefuseASymbolThatIsNotUtf8(String bytes) {
        assertBad(new StringEventDecoder(), hex(bytes), "the value is not UTF-8");
    }

    @Test
    void shouldReadAnIndexInBigEndian() {
        Int32EventDecoder decoder = new Int32EventDecoder();

        assertThat(decoder.decode(hex("00000102"))).isEqualTo(Decoded.of(new Event.Index(258)));
        assertThat(decoder.decode(hex("ffffffff")).event()).isEqualTo(new Event.Index(-1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 8})
    void shouldRefuseAnIndexOfAnotherLength(int length) {
        assertBad(
                new Int32EventDecoder(),
                new byte[length],
                "the value has " + length + " bytes, but an int32 must have 4");
    }

    @Test
    void shouldReadAVectorInBigEndian() {
        Decoded decoded = new Float32EventDecoder().decode(hex("3f800000c0490fdb7fc00000"));

        assertThat(((Event.Vector) decoded.event()).values()).containsExactly(1f, -3.1415927f, Float.NaN);
        assertThat(decoded.end()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 6})
    void shouldRefuseAVectorOfPartsOfElements(int length) {
        assertBad(
                new Float32EventDecoder(),
                new byte[length],
                "the value has " + length + " bytes, but a float32 vector must have 4 for each element");
    }
}
