package io.lstmstreams.statetopic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.state.StateCodec;
import io.lstmstreams.topology.TinyModels;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir
    private Path folder;

    private Path file;
    private String line;

    @BeforeEach
    void prepare() {
        file = folder.resolve("states.jsonl");
        byte[] state = new StateCodec(TinyModels.events().network())
                .encode(new SequenceState(TinyModels.events().network()));
        line = new StateLine(new StateRecord("a".getBytes(StandardCharsets.UTF_8), 0, state), 1).write();
    }

    @Test
    void shouldReadEachLine() throws IOException {
        Files.writeString(file, line + "\n" + line + "\n");
        List<StateLine> lines = new ArrayList<>();

        StateFile.read(file, lines::add);

        assertThat(lines).hasSize(2).allSatisfy(read -> assertThat(read.write()).isEqualTo(line));
    }

    @Test
    void shouldNameALineThatIsTooLong() throws IOException {
        byte[] piece = "0".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 80; i++) {
                out.write(piece);
            }
        }

        assertThatIllegalArgumentException()
                .isThrownBy(() -> StateFile.read(file, read -> {}))
                .withMessage(file + " line 2: the line must have at most 16,777,216 bytes, but has 83,886,080");
    }

    @Test
    void shouldNameALineThatIsNotUtf8() throws IOException {
        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> StateFile.read(file, read -> {}))
                .withMessage(file + " line 1: the line is not UTF-8");
    }
}
