package io.lstmstreams.importer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.ZooTest;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The PyTorch and safetensors files of the zoo. */
class TorchZooTest extends ZooTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldFindTheLayersOfEveryModel() throws IOException {
        List<Path> files = goodFiles(Reader.TORCH);
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            JsonNode layers =
                    JSON.readTree(file.resolveSibling("case.json").toFile()).get("layers");
            List<String> expected = new ArrayList<>();
            layers.forEach(layer -> expected.add(layer.get("kind").asText()));

            CompleteDraft draft = TorchFixtures.read(file, TorchFixtures.spec("{}"));

            List<String> found = new ArrayList<>();
            draft.spec()
                    .get("layers")
                    .forEach(layer -> found.add(layer.get("cell").asText()));
            found.add("dense"); // the head
            assertThat(found).as(file.toString()).isEqualTo(expected);
        }
    }

    @Test
    void shouldRefuseEveryBadFileWithoutRunningIt() throws IOException {
        for (BadFile bad : badFiles(Reader.TORCH)) {
            if (bad.mustBeRefused()) {
                assertThatThrownBy(() -> TorchFixtures.read(bad.file(), TorchFixtures.spec("{}")))
                        .as(bad.toString())
                        .isInstanceOf(ModelFileException.class)
                        .hasMessageStartingWith(bad.file().getFileName() + ": ")
                        .hasMessageNotContaining("\n");
            }
        }
        assertThat(Path.of("PWNED"))
                .as("a file that a malicious pickle creates")
                .doesNotExist();
    }
}
