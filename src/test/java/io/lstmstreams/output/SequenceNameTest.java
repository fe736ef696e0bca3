package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceNameTest {

    @Test
    void shouldRefuseANameThatNoIdHas() {
        assertThatIllegalArgumentException().isThrownBy(() -> SequenceName.toId("a\ud800"));
    }

    @Test
    void shouldReadUtf8() {
        assertThat(SequenceName.of("blk_-160 \u20ac \ud83d\ude00".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("blk_-160 \u20ac \ud83d\ude00");
        assertThat(SequenceName.of(new byte[0])).isEmpty();
    }

    @Test
    void shouldKeepAReplacementCharacterOfTheId() {
        assertThat(SequenceName.of("a\ufffd".getBytes(StandardCharsets.UTF_8))).isEqualTo("a\ufffd");
    }

    @ParameterizedTest
    @CsvSource({
        "ff, 0xff",
        "00c3, 0x00c3",
        "eda080, 0xeda080",
        "61efbfbdff, 0x61efbfbdff",
        "80000000000000a0, 0x80000000000000a0"
    })
    void shouldWriteOtherBytesInHexadecimal(String hex, String name) {
        assertThat(SequenceName.of(HexFormat.of().parseHex(hex))).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "ff, 0xff",
        "61efbfbdff, 0x61efbfbdff",
        "61, a",
        "30783631, 0x61",
        "30784646, 0xFF",
        "3078, 0x",
        "3078666666, 0xfff",
        "3078e282ac, 0x\u20ac"
    })
    void shouldFindTheIdOfAName(String hex, String name) {
        assertThat(HexFormat.of().formatHex(SequenceName.toId(name))).isEqualTo(hex);
        assertThat(SequenceName.of(SequenceName.toId(name))).isEqualTo(name);
    }
}
