package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceNameTest {

    @Test
    void shouldReadUtf8() {
        assertThat(SequenceName.of("blk_-160 \u20ac \ud83d\ude00".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("blk_-160 \u20ac \ud83d\ude00");
        assertThat(SequenceName.of(new byte[0])).isEmpty();
    }

    @Test
    void shouldKeepAReplacementCharacterThatIsReallyThere() {
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
}
