package io.lstmstreams.importer.torch.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Safetensors;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameAFile() {
        file = folder.resolve("m.pt");
    }

    private static Path fixture(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(TorchFileTest.class.getResource("/io/lstmstreams/fixtures/torch/" + name), name)
                        .toURI());
    }

    /** Returns the numbers from 0 on as little-endian float32. */
    private static byte[] counting(int elements) {
        ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }

    private Tensor read(RawPickle pickle, byte[] storage) {
        try (TorchFile torch = TorchFile.open(pickle.write(file, storage), file.toString())) {
            return torch.read("t", (StoredTensor) torch.root());
        }
    }

    private Object root(RawPickle pickle) {
        try (TorchFile torch = TorchFile.open(pickle.write(file, new byte[0]), file.toString())) {
            return torch.root();
        }
    }

    private void assertRefused(RawPickle pickle, Class<? extends ModelFileException> type, String what) {
        assertThatThrownBy(() -> read(pickle, counting(6)))
                .isInstanceOf(type)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(what)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deeplog-legacy.pt",
                "deeplog-float64.pt",
                "deeplog-views.pt",
                "deeplog-views-legacy.pt",
                "deeplog.pt"
            })
    void shouldReadTheSameNumbersFromEveryLayout(String name) throws Exception {
        // Given
        Map<String, Tensor> expected =
                Safetensors.read(fixture("deeplog.safetensors")).tensors();

        // When
        try (TorchFile torch = TorchFile.open(fixture(name), name)) {
            Map<?, ?> root = (Map<?, ?>) torch.root();

            // Then
            assertThat(root).hasSize(expected.size());
            expected.forEach((key, tensor) -> {
                Tensor read = torch.read(key, (StoredTensor) root.get(key));
                assertThat(read.shape()).containsExactly(tensor.shape());
                assertThat(read.values()).containsExactly(tensor.values());
            });
        }
    }

    @Test
    void shouldHonourOffsetAndStrides() {
        Tensor transposed = read(new RawPickle().tensor(6, 0, new int[] {3, 2}, new int[] {1, 3}), counting(6));
        Tensor column = read(new RawPickle().tensor(6, 1, new int[] {2}, new int[] {3}), counting(6));
        Tensor expanded = read(new RawPickle().tensor(6, 4, new int[] {2, 2}, new int[] {0, 1}), counting(6));
        Tensor scalar = read(new RawPickle().tensor(6, 5, new int[0], new int[0]), counting(6));

        assertThat(transposed.values()).containsExactly(0, 3, 1, 4, 2, 5);
        assertThat(column.values()).containsExactly(1, 4);
        assertThat(expanded.values()).containsExactly(4, 5, 4, 5);
        assertThat(scalar.values()).containsExactly(5);
    }

    @Test
    void shouldReadNumbersTextsAndContainersOfEveryProtocol() {
        Object root = root(new RawPickle()
                .add("(", "I7\n", "L8L\n", "F1.5\n", "I01\n", "S'a'\n", "Vb\n", "N", "]", "K", 9, "a", "t"));

        assertThat(root).isEqualTo(Arrays.asList(7L, 8L, 1.5, true, "a", "b", null, List.of(9L)));
    }

    @Test
    void shouldCarryHarmlessObjectsByNameOnly() {
        Object root = root(new RawPickle().add("cnumpy.core.multiarray\nscalar\n(K", 1, "tR"));

        assertThat(root)
                .isInstanceOfSatisfying(
                        PickledObject.class,
                        object -> assertThat(object.className()).isEqualTo("numpy.core.multiarray.scalar"));
    }

    @ParameterizedTest
    @CsvSource({
        "os, system, calls os.system",
        "builtins, eval, calls builtins.eval",
        "java.lang, Runtime, Python class java.lang.Runtime",
        "__main__, Net, save the parameters only",
        "torch.storage, _load_from_bytes, calls torch.storage._load_from_bytes",
        "torch._utils, _rebuild_qtensor, is quantised",
        "torch._utils, _rebuild_sparse_tensor, is sparse",
        "torch, QInt8Storage, is quantised"
    })
    void shouldRefuseEveryNameThatIsNotOfATensor(String module, String name, String what) {
        assertRefused(new RawPickle().add("c" + module + "\n" + name + "\n"), Unsupported.class, what);
        assertRefused(new RawPickle().text(module).text(name).add(0x93), Unsupported.class, what);
    }

    @Test
    void shouldRefuseTensorsThatLeaveTheirStorage() {
        int[] six = {6};
        int[] one = {1};
        assertRefused(new RawPickle().tensor(6, 1, six, one), Malformed.class, "tensor t: extends past its storage");
        assertRefused(new RawPickle().tensor(6, 7, six, one), Malformed.class, "tensor t: begins outside");
        assertRefused(
                new RawPickle().tensor(6, 0, new int[] {2, 2}, new int[] {Integer.MAX_VALUE, 1}),
                Malformed.class,
                "tensor t: extends past its storage");
        assertRefused(
                new RawPickle().tensor(7, 0, six, one), Malformed.class, "storage 0: must have 28 bytes, but has 24");
        assertRefused(new RawPickle().tensor(6, -1, six, one), Malformed.class, "sizes and");
        assertRefused(new RawPickle().tensor(6, 0, new int[] {-6}, one), Malformed.class, "size or stride");
    }

    @Test
    void shouldRefuseATensorThatIsExpandedBeyondReason() {
        int[] large = {Integer.MAX_VALUE, Integer.MAX_VALUE};
        assertRefused(
                new RawPickle().tensor(6, 0, large, new int[] {0, 0}),
                Malformed.class,
                "is larger than its storage of 6");
        assertRefused(
                new RawPickle().tensor(6, 0, new int[] {1 << 24}, new int[] {0}),
                Malformed.class,
                "is larger than its storage of 6");
        assertRefused(
                new RawPickle().tensor(1 << 30, 0, new int[] {1}, new int[] {1}), Malformed.class, "takes more memory");
    }

    @Test
    void shouldRefuseAStorageThatGrowsWithoutBounds() {
        byte[] zeros = new byte[8 << 20];

        assertThatThrownBy(() -> read(new RawPickle().tensor(2 << 20, 0, new int[] {2 << 20}, new int[] {1}), zeros))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("storage 0: would inflate from");
    }

    @Test
    void shouldRefuseNumbersThatAreNotFinite() {
        byte[] storage = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(Float.NaN)
                .array();

        assertThatThrownBy(() -> read(new RawPickle().tensor(1, 0, new int[] {1}, new int[] {1}), storage))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("tensor t: element 0 must be a finite number, but is NaN");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t | above a mark",
                "0 | takes more from its stack",
                "h | memo slot 46 is read before it is written",
                "NR | takes more from its stack",
                "N)R | calls an object that is not a function",
                "Na | takes more from its stack",
                "NNa | appends to an object that is not a list",
                "NNNs | sets an item of an object that is not a dictionary",
                "(Nd | a dictionary has a key without a value",
                "N}b | sets attributes of an object that has no attributes",
                "Fx~ | invalid number",
                "\u008b\u00ff\u00ff\u00ff\u007f | a number must have at most 1024 bytes, but has 2147483647",
                "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f | at most 96 MB",
                "X\u00ff\u0001\u0001\u0000x | longer than the file",
                "\u00ff | instruction 0xff does not exist",
                "NQ | refers to an external object",
                "\u0082 | instruction 0x82 does not occur in files of torch.save",
                "(NNi | instruction 'i' does not occur in files of torch.save"
            })
    void shouldRefuseAPickleThatBreaksTheRules(String pickle, String what) {
        assertRefused(new RawPickle().add(pickle.replace('~', '\n')), ModelFileException.class, what);
    }

    @Test
    void shouldRefuseAPickleWithoutAnEnd() throws IOException {
        Files.write(file, new byte[] {(byte) 0x80, 2, 'N'});

        assertThatThrownBy(() -> TorchFile.open(file, "m.pt"))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("ends before its STOP");
    }

    @Test
    void shouldReadAPickleOfAnyDepth() {
        assertThat(root(new RawPickle().add("]".repeat(100_000) + "a".repeat(99_999))))
                .isInstanceOf(List.class);
    }

    @Test
    void shouldRefuseAPickleThatBuildsVeryMuch() {
        assertRefused(new RawPickle().add("}".repeat(3_000_000)), Malformed.class, "at most 96 MB of objects");
    }

    @Test
    void shouldRefuseFilesThatTorchSaveDidNotWrite() throws IOException {
        assertThatThrownBy(() -> TorchFile.open(folder, "m.pt"))
                .isInstanceOf(Inaccessible.class)
                .hasMessage("m.pt: is a folder, not a file");
        assertThatThrownBy(() -> TorchFile.open(folder.resolve("none"), "m.pt"))
                .isInstanceOf(Inaccessible.class)
                .hasMessage("m.pt: does not exist");
        for (String content : List.of("", "P", "PK", "PK\3\4", "version https://git-lfs", "\u0089HDF")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> TorchFile.open(file, "m.pt")).isInstanceOf(Malformed.class);
        }
        Files.write(file, new RawPickle().add(0x80, 2, "N").stop());
        assertThatThrownBy(() -> TorchFile.open(file, "m.pt"))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("is a pickle, but was not written by torch.save");
    }

    @Test
    void shouldRefuseAnArchiveWithANameThatIsNoText() throws Exception {
        // Given: a byte in the directory at the end of the archive that UTF-8 does not have
        byte[] bytes = Files.readAllBytes(fixture("deeplog.pt"));
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.lastIndexOf("/version")] = (byte) 0xff;
        Files.write(file, bytes);

        // Then
        assertThatThrownBy(() -> TorchFile.open(file, "m.pt"))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("broken");
    }

    @Test
    void shouldNoticeDamageOfNumbersByTheirChecksum() throws Exception {
        // Given: a byte of the last storage changed
        byte[] bytes = Files.readAllBytes(fixture("deeplog.pt"));
        int at = lastNumber(bytes);
        bytes[at] ^= 1;
        Files.write(file, bytes);

        // Then
        try (TorchFile torch = TorchFile.open(file, "m.pt")) {
            StoredTensor bias = (StoredTensor) ((Map<?, ?>) torch.root()).get("fc.bias");
            assertThatThrownBy(() -> torch.read("fc.bias", bias))
                    .isInstanceOf(Malformed.class)
                    .hasMessageContaining("its length or checksum differs from the archive's directory");
        }
    }

    /** Returns the offset of the numbers of fc.bias. Archives align numbers, so they can be found as bytes. */
    private static int lastNumber(byte[] archive) {
        try {
            float first = Safetensors.read(fixture("deeplog.safetensors"))
                    .tensors()
                    .get("fc.bias")
                    .values()[0];
            for (int i = 0; ; i += Float.BYTES) {
                if (ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).getFloat(i) == first) {
                    return i;
                }
            }
        } catch (URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
