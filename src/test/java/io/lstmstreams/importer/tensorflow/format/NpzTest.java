package io.lstmstreams.importer.tensorflow.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("m.npz");
    }

    private Tensor read(String dictionary, ByteOrder order, float... values) {
        try (RawNpz npz = new RawNpz(file)) {
            npz.array("a", dictionary, order, values);
        }
        return Npz.open(file, "m.npz").tensor("a");
    }

    private Tensor read(String dictionary, float... values) {
        return read(dictionary, ByteOrder.LITTLE_ENDIAN, values);
    }

    @Test
    void shouldReadNumbersInTheOrderOfTheirRows() {
        Tensor tensor = read("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   ", 0, 1, 2, 3, 4, 5);

        assertThat(tensor.hasShape(2, 3)).isTrue();
        assertThat(tensor.values()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void shouldTurnTheOrderOfColumnsIntoThatOfRows() {
        Tensor tensor = read("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 0, 3, 1, 4, 2, 5);

        assertThat(tensor.values()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void shouldReadBigEndianNumbers() {
        assertThat(read("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", ByteOrder.BIG_ENDIAN, 1.5f, -2f)
                        .values())
                .containsExactly(1.5f, -2f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"shape\":(2L,),\"descr\":\"<f4\",\"fortran_order\":False}",
                "{ 'fortran_order': False,'descr': '<f4', 'shape': (2, 1) }"
            })
    void shouldReadTheHeadersOfOtherWriters(String dictionary) {
        assertThat(read(dictionary, 7, 8).values()).containsExactly(7, 8);
    }

    @Test
    void shouldReadTheLaterVersionsOfTheFormat() {
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }";
        for (int version = 2; version <= 3; version++) {
            try (RawNpz npz = new RawNpz(file)) {
                npz.entry("a.npy", RawNpz.npy(version, dictionary), new byte[4]);
            }
            assertThat(Npz.open(file, "m.npz").tensor("a").values()).containsExactly(0);
        }
    }

    @Test
    void shouldRefuseUnsupportedArraysOnlyWhenRead() {
        try (RawNpz npz = new RawNpz(file)) {
            npz.entry(
                    "step.npy", RawNpz.npy(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (), }"), new byte[8]);
        }

        Npz npz = Npz.open(file, "m.npz");

        assertThat(npz.variables().get("step").number()).isFalse();
        assertThatThrownBy(() -> npz.tensor("step"))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("<i8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }"
            })
    void shouldRefuseFilesThatAreNotArraysOfNumbers(String dictionary) {
        assertThatThrownBy(() -> read(dictionary, 1, 2)).isInstanceOf(Unsupported.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[1, 2]",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': 2, }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2 for x in y), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + __import__('os')",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 'x'}",
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': 'x\\'', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<f4"
            })
    void shouldRefuseABrokenHeader(String dictionary) {
        assertThatThrownBy(() -> read(dictionary, 1, 2))
                .isInstanceOf(Malformed.class)
                .hasMessageStartingWith("m.npz: array a");
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity"})
    void shouldRefuseNumbersThatAreNotFinite(float value) {
        assertThatThrownBy(() -> read("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 1, value))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("element 1");
    }

    @Test
    void shouldRefuseArraysThatAreMuchLargerThanTheirFile() {
        try (RawNpz npz = new RawNpz(file)) {
            npz.entry(
                    "a.npy",
                    RawNpz.npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (10000000,), }"),
                    new byte[40_000_000]);
        }

        assertThatThrownBy(() -> Npz.open(file, "m.npz"))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("larger than the file");
    }

    @Test
    void shouldRefuseFilesThatAreNotZipArchivesOfArrays() throws IOException {
        Files.write(file, new byte[100]);
        assertThatThrownBy(() -> Npz.open(file, "m.npz")).isInstanceOf(Malformed.class);

        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> Npz.open(file, "m.npz")).isInstanceOf(Malformed.class);

        try (RawNpz npz = new RawNpz(file)) {
            npz.entry("readme.txt", new byte[1]);
        }
        assertThatThrownBy(() -> Npz.open(file, "m.npz")).isInstanceOf(Unsupported.class);
        assertThatThrownBy(() -> Npz.open(folder, "m.npz")).isInstanceOf(Inaccessible.class);
        assertThatThrownBy(() -> Npz.open(folder.resolve("none.npz"), "none.npz"))
                .isInstanceOf(ModelFileException.class)
                .hasMessageContaining("does not exist");
    }
}
