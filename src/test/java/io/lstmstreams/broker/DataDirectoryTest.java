package io.lstmstreams.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path temporary;

    @Test
    void shouldMakeADirectoryThatIsNotThere() {
        Path directory = DataDirectory.prepare(temporary.resolve("a/b"));

        assertThat(directory).isEmptyDirectory();
        assertThat(DataDirectory.isFormatted(directory)).isFalse();
    }

    @Test
    void shouldAcceptADirectoryWhoseFormattingWasInterrupted() throws IOException {
        Files.createFile(temporary.resolve("bootstrap.checkpoint"));

        assertThat(DataDirectory.prepare(temporary)).isEqualTo(temporary.toAbsolutePath());
    }

    @Test
    void shouldRefuseAFile() throws IOException {
        Path file = Files.createFile(temporary.resolve("notes.txt"));

        assertThatThrownBy(() -> DataDirectory.prepare(file))
                .isInstanceOf(BrokerException.class)
                .hasMessageEndingWith("notes.txt is a file");
    }

    @Test
    void shouldRefuseADirectoryThatCannotBeMade() throws IOException {
        Path file = Files.createFile(temporary.resolve("notes.txt"));

        assertThatThrownBy(() -> DataDirectory.prepare(file.resolve("data")))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("cannot be created");
    }

    @Test
    void shouldRefuseADirectoryOfSomebodyElse() throws IOException {
        Files.createFile(temporary.resolve("thesis.tex"));

        assertThatThrownBy(() -> DataDirectory.prepare(temporary))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("holds other files");
    }
}
