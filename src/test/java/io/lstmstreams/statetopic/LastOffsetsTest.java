package io.lstmstreams.statetopic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LastOffsetsTest {

    @Test
    void shouldRememberTheLastRecordOfEachKeyAsAMapDoes() {
        // Given
        SplittableRandom random = new SplittableRandom(4);
        Map<String, Long> expected = new HashMap<>();
        LastOffsets last = new LastOffsets();

        // When
        for (long offset = 0; offset < 60_000; offset++) {
            String key = "key " + random.nextInt(8_000);
            if (random.nextInt(3) == 0) {
                expected.remove(key);
                last.remove(key.getBytes(UTF_8));
            } else {
                expected.put(key, offset);
                last.put(key.getBytes(UTF_8), offset);
            }
            assertThat(last.size()).isEqualTo(expected.size());
        }

        // Then
        for (int i = 0; i < 8_000; i++) {
            byte[] key = ("key " + i).getBytes(UTF_8);
            Long offset = expected.get("key " + i);
            assertThat(last.contains(key)).isEqualTo(offset != null);
            if (offset != null) {
                assertThat(last.take(key, offset + 1)).isFalse();
                assertThat(last.take(key, offset)).isTrue();
                assertThat(last.take(key, offset)).isFalse();
            }
        }
        assertThat(last.size()).isZero();
    }

    @Test
    void shouldNotGrowWithKeysThatAreGone() {
        LastOffsets last = new LastOffsets();

        for (int i = 0; i < 300_000; i++) {
            byte[] key = ("key " + i).getBytes(UTF_8);
            last.put(key, i);
            last.remove(key);
        }

        assertThat(last.size()).isZero();
        assertThat(last.slots()).isLessThanOrEqualTo(1 << 10);
    }
}
