package io.lstmstreams.importer.tensorflow.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoint of {@code make_tensorflow_fixtures.py}, unchanged and damaged. */
class TensorBundleTest {
    private static final String NAME = "tf1-stacked";
    private static final String FIRST = ".data-00000-of-00002";

    @TempDir
    private Path folder;

    private Path prefix;

    @BeforeEach
    void copyTheFixture() throws IOException {
        prefix = folder.resolve(NAME);
        for (String suffix : new String[] {".index", FIRST, ".data-00001-of-00002"}) {
            try (InputStream in = getClass().getResourceAsStream("/io/lstmstreams/fixtures/" + NAME + suffix)) {
                Files.copy(in, path(suffix));
            }
        }
    }

    private Path path(String suffix) {
        return folder.resolve(NAME + suffix);
    }

    private TensorBundle open() {
        return TensorBundle.open(prefix, "m.ckpt");
    }

    private byte[] index() throws IOException {
        return Files.readAllBytes(path(".index"));
    }

    /** Writes a changed index with the right checksum of its first block. */
    private void writeIndex(byte[] index, int blockSize) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(index, 0, blockSize + 1);
        ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN).putInt(blockSize + 1, SortedTable.maskedCrc(crc));
        Files.write(path(".index"), index);
    }

    /** Returns the size of the first block, which is where its checksum is right. */
    private int firstBlock() throws IOException {
        byte[] index = index();
        ByteBuffer bytes = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
        for (int size = 1; size < index.length - 5; size++) {
            CRC32C crc = new CRC32C();
            crc.update(index, 0, size + 1);
            if (SortedTable.maskedCrc(crc) == bytes.getInt(size + 1)) {
                return size;
            }
        }
        throw new AssertionError("no block");
    }

    @Test
    void shouldListAllVariablesWithTheirShapesAndTypes() {
        TensorBundle bundle = open();

        assertThat(bundle.variables()).hasSize(48).containsKey("beta1_power");
        assertThat(bundle.variables()
                        .get("rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel")
                        .shape())
                .containsExactly(7, 6);
        assertThat(bundle.variables().get("global_step").type()).isEqualTo("int64");
        assertThat(bundle.variables().get("global_step").number()).isFalse();
        assertThat(bundle.fullNames()).isEmpty();
    }

    @Test
    void shouldReadTensorsFromBothDataFiles() {
        TensorBundle bundle = open();

        bundle.variables().values().stream()
                .filter(VariableFile.Variable::number)
                .forEach(variable ->
                        assertThat(bundle.tensor(variable.name()).shape()).isEqualTo(variable.shape()));
        assertThat(bundle.tensor("beta1_power").values()).containsExactly(0.9f);
        assertThatThrownBy(() -> bundle.tensor("global_step"))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("int64");
    }

    @Test
    void shouldRefuseADataFileThatIsCutShortOrMissing() throws IOException {
        byte[] data = Files.readAllBytes(path(FIRST));
        Files.write(path(FIRST), Arrays.copyOf(data, data.length - 1));
        assertThatThrownBy(this::open)
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("truncated")
                .hasMessageContaining(NAME + FIRST);

        Files.delete(path(FIRST));
        assertThatThrownBy(this::open).isInstanceOf(Inaccessible.class).hasMessageContaining(NAME + FIRST);
    }

    @Test
    void shouldRefuseATensorWhoseChecksumIsWrong() throws IOException {
        byte[] data = Files.readAllBytes(path(FIRST));
        data[0] ^= 1;
        Files.write(path(FIRST), data);
        TensorBundle bundle = open();

        assertThatThrownBy(() -> bundle.variables().values().stream()
                        .filter(VariableFile.Variable::number)
                        .forEach(variable -> bundle.tensor(variable.name())))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void shouldRefuseAnIndexThatIsDamagedOrCutShort() throws IOException {
        byte[] index = index();
        for (int length = 0; length < index.length; length += 7) {
            Files.write(path(".index"), Arrays.copyOf(index, length));
            assertThatThrownBy(this::open).isInstanceOf(Malformed.class).hasMessageStartingWith("m.ckpt");
        }
        index[10] ^= 4;
        Files.write(path(".index"), index);
        assertThatThrownBy(this::open).isInstanceOf(Malformed.class).hasMessageContaining("checksum of the block");
    }

    @Test
    void shouldRefuseABlockThatIsCompressed() throws IOException {
        byte[] index = index();
        int size = firstBlock();
        index[size] = 1;
        writeIndex(index, size);

        assertThatThrownBy(this::open).isInstanceOf(Unsupported.class).hasMessageContaining("Snappy");
    }

    @Test
    void shouldRefuseDamageThatHasARightChecksum() throws IOException {
        byte[] index = index();
        int size = firstBlock();
        for (int at = 0; at < size; at++) {
            byte[] damaged = index.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            writeIndex(damaged, size);
            readAsFarAsItGoes();
        }
    }

    @Test
    void shouldRefuseKeysThatGrowWithoutEnd() throws IOException {
        byte[] index = index();
        ByteBuffer block =
                ByteBuffer.wrap(index); // overwrites everything: the first block becomes one entry with a long key
        int size = firstBlock();
        block.put((byte) 0).put((byte) 0xff).put((byte) 0x7f).put((byte) 0); // nothing shared, 16383 more, no value
        writeIndex(index, size);

        assertThatThrownBy(this::open).isInstanceOf(Malformed.class);
    }

    /** Reads everything. Any exception must be one of ours, which this method catches. */
    private void readAsFarAsItGoes() {
        try {
            TensorBundle bundle = open();
            bundle.variables().values().stream()
                    .filter(VariableFile.Variable::number)
                    .forEach(variable -> bundle.tensor(variable.name()));
        } catch (ModelFileException e) {
            assertThat(e).hasMessageStartingWith("m.ckpt").hasMessageNotContaining("\n");
        }
    }
}
