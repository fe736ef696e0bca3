package io.lstmstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileFormatTest {
    private static InputStream file(String text) {
        return new BufferedInputStream(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"sequence\":\"a\"}", " \n\t{ \"a\": 1}\n", "{\n\n  \"a\": 1\n}"})
    void shouldRefuseJsonAsSessions(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FileFormat.SESSIONS.check("events.txt", file(text)))
                .withMessage("events.txt contains JSON, not sessions: use --format jsonl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "E5 E22\n", "{open} {close}\n", "{"})
    void shouldReadSessionsFromTheirBeginning(String text) throws IOException {
        InputStream in = file(text);

        FileFormat.SESSIONS.check("events.txt", in);

        assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(text);
    }

    @Test
    @Timeout(60)
    void shouldNotWaitForMoreThanTheFirstLineOfAPipe() throws IOException {
        try (PipedOutputStream out = new PipedOutputStream();
                InputStream in = new BufferedInputStream(new PipedInputStream(out))) {
            out.write("E5 E22\n".getBytes(UTF_8));

            FileFormat.SESSIONS.check("standard input", in); // the pipe stays open

            assertThat(in.read()).isEqualTo('E');
        }
    }
}
