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
    void shouldCreateAMissingDirectory() {
        try (DataDirectory directory = DataDirectory.open(temporary.resolve("a/b"))) {
            assertThat(directory.path()).isDirectory();
            assertThat(directory.isFormatted()).isFalse();
        }
    }

    @Test
    void shouldAcceptADirectoryWhoseFormattingWasInterrupted() throws IOException {
        Files.createFile(temporary.resolve("bootstrap.checkpoint"));

        try (DataDirectory directory = DataDirectory.open(temporary)) {
            assertThat(directory.path()).isEqualTo(temporary.toAbsolutePath());
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsInUseUntilItIsClosed() {
        try (DataDirectory first = DataDirectory.open(temporary)) {
            assertThatThrownBy(() -> DataDirectory.open(first.path()))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageEndingWith("is in use by another broker");
        }

        DataDirectory.open(temporary).close();
    }

    @Test
    void shouldRefuseAFile() throws IOException {
        Path file = Files.createFile(temporary.resolve("notes.txt"));

        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(BrokerException.class)
                .hasMessageEndingWith("notes.txt is a file");
    }

    @Test
    void shouldRefuseADirectoryThatCannotBeMade() throws IOException {
        Path file = Files.createFile(temporary.resolve("notes.txt"));

        assertThatThrownBy(() -> DataDirectory.open(file.resolve("data")))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("cannot be created");
    }

    @Test
    void shouldRefuseADirectoryOfAnotherUser() throws IOException {
        Files.createFile(temporary.resolve("thesis.tex"));

        assertThatThrownBy(() -> DataDirectory.open(temporary))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("holds other files");
    }

    @Test
    void shouldRemoveATemporaryDirectoryWithAllThatIsInIt() throws IOException {
        // Given
        DataDirectory directory = DataDirectory.temporary();
        Files.createDirectory(directory.path().resolve("events-0"));
        Files.createFile(directory.path().resolve("events-0/00000000000000000000.log"));

        // When
        directory.close();

        // Then
        assertThat(directory.path()).doesNotExist();
    }

    @Test
    void shouldKeepAnyOtherDirectory() {
        DataDirectory.open(temporary.resolve("data")).close();

        assertThat(temporary.resolve("data")).isDirectory();
    }
}
