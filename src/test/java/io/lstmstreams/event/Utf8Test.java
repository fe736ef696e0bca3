package io.lstmstreams.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "\u0000", "\ufffd", "caf\u00e9", "\ud83d\ude00"})
    void shouldGoThereAndBack(String text) {
        byte[] bytes = Utf8.encode(text, "it");

        assertThat(bytes).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(Utf8.decode(bytes, "it")).isEqualTo(text);
    }

    @Test
    void shouldRefuseHalfOfASurrogatePair() {
        for (String text : new String[] {"\ud800", "\udfff", "a\ud83d", "\ude00\ud83d"}) {
            assertThatExceptionOfType(BadEventException.class)
                    .isThrownBy(() -> Utf8.encode(text, "the id"))
                    .withMessage("the id contains half of a surrogate pair, which UTF-8 cannot encode");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "61c3", "eda080", "c080", "efbfbdff"})
    void shouldRefuseBytesThatAreNoText(String hex) {
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(() -> Utf8.decode(HexFormat.of().parseHex(hex), "the id"))
                .withMessage("the id is not UTF-8");
    }
}
