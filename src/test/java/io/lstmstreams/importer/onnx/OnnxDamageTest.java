package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.format.RawOnnx;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.waiting.CpuTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random damage to good files: the importer quickly yields a draft or a reason, and nothing else. */
class OnnxDamageTest {
    private static final int VARIANTS = 1500;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"torch-events.torchscript", "torch-cells.dynamo", "torch-rnn.dynamo"})
    void shouldSurviveRandomDamage(String name) throws Exception {
        Path good = Path.of(
                Objects.requireNonNull(getClass().getResource("/io/lstmstreams/fixtures/onnx/" + name + ".onnx"))
                        .toURI());
        byte[] bytes = Files.readAllBytes(good);
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < VARIANTS; i++) {
            Path path = RawOnnx.write(folder, damaged(bytes, random));
            long start = CpuTime.nanos();
            try {
                Inference.complete(OnnxImporter.read(path, "model.onnx"), new ObjectMapper().createObjectNode());
            } catch (ModelFileException e) {
                assertThat(e.getMessage())
                        .as("variant " + i)
                        .startsWith("model.onnx: ")
                        .hasLineCount(1);
                refused++;
            }
            assertThat(Duration.ofNanos(CpuTime.nanos() - start))
                    .as("variant " + i)
                    .isLessThan(Duration.ofSeconds(5));
        }
        assertThat(refused).isBetween(VARIANTS / 10, VARIANTS - 1);
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int count = 1 + random.nextInt(8);
        switch (random.nextInt(4)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> {
                int from = random.nextInt(bytes.length - 40);
                System.arraycopy(good, from, bytes, random.nextInt(bytes.length - 40), random.nextInt(40));
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return bytes;
    }
}
