package io.lstmstreams.importer.keras.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import io.lstmstreams.waiting.CpuTime;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that HDF5 itself wrote; fixtures/make_hdf5_fixtures.py created them. */
class Hdf5Test {

    private static Path fixture(String name) {
        URL url = Objects.requireNonNull(Hdf5Test.class.getResource("/io/lstmstreams/fixtures/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Hdf5Group read(String name) {
        return Hdf5.read(fixture(name), name, path -> false);
    }

    private static float[] halves(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / 2f;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdf5-storage.h5", "hdf5-storage-v110.h5"})
    void shouldReadNumbersHoweverTheyAreStored(String file) {
        Hdf5Group root = read(file);

        for (String group : new String[] {"types", "chunks"}) {
            for (Tensor tensor : root.group(group).tensors().values()) {
                if (tensor.shape().length == 2 && tensor.shape()[0] > 0) {
                    assertThat(tensor.shape()).as(tensor.name()).containsExactly(7, 5);
                    assertThat(tensor.values()).as(tensor.name()).containsExactly(halves(35));
                }
            }
        }
        assertThat(root.group("types").tensors()).hasSize(6);
        assertThat(root.tensor("chunks/vector").values()).containsExactly(halves(11));
        assertThat(root.tensor("chunks/scalar").values()).containsExactly(0.5f);
        assertThat(root.tensor("chunks/empty").shape()).containsExactly(0, 3);
        assertThat(root.tensor("chunks/nobody")).isNull();
        assertThat(root.tensor("nobody/f32")).isNull();
    }

    @Test
    void shouldReadTexts() {
        Hdf5Group root = read("hdf5-storage.h5");

        assertThat(root.text("text")).isEqualTo("grüße");
        assertThat(root.text("bytes")).isEqualTo("abc");
        assertThat(root.texts().get("list")).containsExactly("a", "bc", "");
        assertThat(root.texts().get("bytes list")).containsExactly("a", "bcd");
        assertThat(root.texts().get("nothing")).isEmpty();
        assertThat(root.texts()).doesNotContainKey("number");
        assertThat(root.text("list")).isNull();
    }

    @Test
    void shouldReadMoreLinksThanAHeaderHolds() {
        Hdf5Group many = read("hdf5-storage-v110.h5").group("many");

        assertThat(many.tensors()).hasSize(40);
        assertThat(many.tensor("d39").values()).containsExactly(39);
    }

    @Test
    void shouldReadBehindABlockOfTheUsers() {
        assertThat(read("hdf5-userblock.h5").tensor("m").values()).containsExactly(halves(35));
    }

    @Test
    void shouldOmitSkippedObjects() {
        Hdf5Group root = Hdf5.read(fixture("hdf5-storage.h5"), "f", path -> path.startsWith("/chunks"));

        assertThat(root.groups()).containsOnlyKeys("types");
    }

    @ParameterizedTest
    @CsvSource({
        "hdf5-circle.h5,/a/b/up: is a group inside itself",
        "hdf5-paths.h5,is damaged: its parts refer to each other without end",
        "hdf5-expansion.h5,'/zeros: has shape [4096, 4096], which is far too large for its file'",
        "keras.expected.json,is not an HDF5 file"
    })
    void shouldRefuseEndlessAndExpandingFiles(String file, String message) {
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> read(file)).withMessage(file + ": " + message);
    }

    @Test
    void shouldRefuseAFileThatIsCutOff() throws IOException {
        byte[] bytes = Files.readAllBytes(fixture("hdf5-storage.h5"));

        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> Hdf5.read(ByteBuffer.wrap(bytes, 0, bytes.length - 1), "f", path -> false))
                .withMessage("f: is truncated: it has " + (bytes.length - 1) + " bytes of " + bytes.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdf5-storage.h5", "hdf5-storage-v110.h5"})
    void shouldSurviveRandomDamage(String file) throws IOException {
        byte[] good = Files.readAllBytes(fixture(file));
        Random random = new Random(20261);
        long start = CpuTime.nanos();
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = good.clone();
            for (int j = random.nextInt(12); j >= 0; j--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(3)) {
                    case 0 -> bytes[at] = (byte) random.nextInt();
                    case 1 -> bytes[at] = (byte) 0xff;
                    default ->
                        System.arraycopy(
                                good, random.nextInt(bytes.length - 8), bytes, Math.min(at, bytes.length - 8), 8);
                }
            }
            try {
                assertThat(Hdf5.read(ByteBuffer.wrap(bytes), "f", path -> false))
                        .isNotNull();
            } catch (ModelFileException e) {
                assertThat(e.getMessage()).startsWith("f: ").hasLineCount(1);
            }
        }
        assertThat(Duration.ofNanos(CpuTime.nanos() - start)).isLessThan(Duration.ofMinutes(1));
    }
}
