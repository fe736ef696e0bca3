package io.lstmstreams.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
    private static final int CHUNK = 1 << 16;

    private static LineReader reader(String text) {
        return new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> lines(LineReader reader) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a\n", "\n", "a\n\nb", "a\r\nb\rc\n\rd", "\r\n\r\n", "caf\u00e9\n\ud83d\ude00 x"})
    void shouldReadTheSameLinesAsJava(String text) throws IOException {
        LineReader reader = reader(text);

        assertThat(lines(reader)).isEqualTo(text.lines().toList());
        assertThat(reader.number()).isEqualTo(text.lines().count());
    }

    @Test
    void shouldReadLinesOfAnyLengthAcrossItsBuffer() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int length = CHUNK - 3; length < CHUNK + 3; length++) {
            lines.add("x".repeat(length));
        }

        assertThat(lines(reader(String.join("\r\n", lines)))).isEqualTo(lines);
    }

    @Test
    void shouldRefuseALineThatIsTooLongAndReadTheNextOne() throws IOException {
        // Given 80 MB without an end, of which the reader never holds more than its limit
        InputStream endless = new ZeroesStream(80L << 20);
        InputStream rest = new ByteArrayInputStream("\nb\n".getBytes(StandardCharsets.UTF_8));
        LineReader reader = new LineReader(new SequenceInputStream(endless, rest));

        // Then
        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(reader::next)
                .withMessage("the line must have at most 16,777,216 bytes, but has 83,886,080");
        assertThat(reader.number()).isEqualTo(1);
        assertThat(reader.next()).isEqualTo("b");
        assertThat(reader.number()).isEqualTo(2);
        assertThat(reader.next()).isNull();
    }

    @Test
    void shouldAcceptALineOfTheMaximumLength() throws IOException {
        assertThat(new LineReader(new ZeroesStream(LineReader.MAX_BYTES)).next())
                .hasSize(LineReader.MAX_BYTES);
    }

    @Test
    void shouldRefuseALineThatIsNotTextAndReadTheNextOne() throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, '\n', 'b'}));

        assertThatExceptionOfType(BadEventException.class)
                .isThrownBy(reader::next)
                .withMessage("the line is not UTF-8");
        assertThat(reader.next()).isEqualTo("b");
    }

    /** A stream of this many digits 0. */
    private static final class ZeroesStream extends InputStream {
        private long left;

        ZeroesStream(long count) {
            this.left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? '0' : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            int count = (int) Math.min(length, left);
            java.util.Arrays.fill(bytes, offset, offset + count, (byte) '0');
            left -= count;
            return count > 0 ? count : -1;
        }
    }
}
