package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class LocalStatesTest {
    @TempDir
    Path directory;

    private LocalStates states;

    @BeforeEach
    void makeStates() throws IOException {
        for (String task : new String[] {"0_1", "0_11"}) {
            Files.createDirectories(directory.resolve(task).resolve("rocksdb"));
            Files.createFile(directory.resolve(task).resolve("rocksdb").resolve("CURRENT"));
        }
        states = new LocalStates(directory);
    }

    private ProcessorStateException failure(Status.Code code, Status.SubCode subCode, String message) {
        return new ProcessorStateException(
                "Error opening store states at location "
                        + directory.resolve("0_1").resolve("rocksdb"),
                new RocksDBException(message, new Status(code, subCode, message)));
    }

    @Test
    void shouldAcceptADirectoryThatDoesNotExistYet() {
        Path application = directory.resolve("state").resolve("app");

        new LocalStates(application).checkWritable();

        assertThat(application).isEmptyDirectory();
    }

    @Test
    void shouldRefuseADirectoryThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        for (Path refused : new Path[] {file.resolve("app"), file}) {
            assertThatThrownBy(() -> new LocalStates(refused).checkWritable())
                    .isInstanceOf(ApplicationException.class)
                    .hasMessageStartingWith("state.dir=" + refused.getParent() + " cannot be used: " + file)
                    .hasMessageEndingWith("; set state.dir to a directory in which the application can write");
        }
    }

    @Test
    void shouldDeleteOnlyDamagedStates() {
        boolean discarded =
                states.discardDamaged(failure(Status.Code.Corruption, Status.SubCode.None, "CURRENT is no good"));

        assertThat(discarded).isTrue();
        assertThat(directory.resolve("0_1")).doesNotExist();
        assertThat(directory.resolve("0_11")).isDirectoryContaining("glob:**rocksdb");
    }

    @Test
    void shouldDeleteStatesWithAMissingFile() {
        boolean discarded = states.discardDamaged(
                failure(Status.Code.IOError, Status.SubCode.Undefined, "MANIFEST-5: No such file or directory"));

        assertThat(discarded).isTrue();
        assertThat(directory.resolve("0_1")).doesNotExist();
    }

    @Test
    void shouldFindTheStatesByTheInnermostMessage() {
        boolean discarded = states.discardDamaged(new ProcessorStateException(
                "Error while getting value for key from store states",
                new RocksDBException(
                        "bad block in " + directory.resolve("0_1").resolve("8.sst"),
                        new Status(Status.Code.Corruption, Status.SubCode.None, "bad block"))));

        assertThat(discarded).isTrue();
        assertThat(directory.resolve("0_1")).doesNotExist();
    }

    @Test
    void shouldKeepStatesThatCannotBeOpenedForAFullDiskOrMissingRights() {
        assertThat(states.discardDamaged(
                        failure(Status.Code.IOError, Status.SubCode.NoSpace, "No space left on device")))
                .isFalse();
        assertThat(states.discardDamaged(failure(Status.Code.IOError, Status.SubCode.None, "Permission denied")))
                .isFalse();
        assertThat(directory.resolve("0_1")).isDirectory();
    }

    @Test
    void shouldKeepAllStatesAfterAnyOtherFailure() {
        assertThat(states.discardDamaged(new IllegalStateException(
                        "of " + directory.resolve("0_1").resolve("rocksdb"))))
                .isFalse();
        assertThat(directory.resolve("0_1")).isDirectory();
    }
}
