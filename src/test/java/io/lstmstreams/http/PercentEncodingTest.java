package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentEncodingTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "blk_-160", "a b/c?d%25", "caf\u00e9", "\ufffd", "\ud83d\ude00", "\u0000"})
    void shouldReadBackWhatWasEncoded(String text) {
        assertThat(PercentEncoding.decode(URLEncoder.encode(text, StandardCharsets.UTF_8)))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%FF", "a%C3", "%ED%A0%80", "%zz", "%2"})
    void shouldRefuseBytesThatAreNotText(String encoded) {
        assertThatIllegalArgumentException().isThrownBy(() -> PercentEncoding.decode(encoded));
    }
}
