package io.lstmstreams.importer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files of the zoo, a folder beside the repository that may not be there. */
class TorchZooTest {
    private static final Path ZOO = Path.of(System.getProperty("lstm.zoo", "../shared/zoo"));

    @BeforeEach
    void needTheZoo() {
        assumeTrue(Files.isDirectory(ZOO), "no folder " + ZOO.toAbsolutePath() + " (-Dzoo says another)");
    }

    @Test
    void shouldTellTheLayersOfEveryModelOfPyTorch() throws IOException {
        List<Path> cases;
        try (Stream<Path> folders = Files.list(ZOO.resolve("cases"))) {
            cases = folders.filter(path -> path.getFileName().toString().startsWith("torch-"))
                    .toList();
        }
        assertThat(cases).isNotEmpty();
        for (Path folder : cases) {
            JsonNode layers = new ObjectMapper()
                    .readTree(folder.resolve("case.json").toFile())
                    .get("layers");
            List<String> kinds = new ArrayList<>();
            layers.forEach(layer -> kinds.add(layer.get("kind").asText()));
            for (String name : List.of("model.pt", "model.safetensors", "model.legacy.pt", "model.torchscript.pt")) {
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    Draft draft = TorchFixtures.read(file, TorchFixtures.spec("{}"));

                    List<String> cells = new ArrayList<>();
                    draft.spec()
                            .get("layers")
                            .forEach(layer -> cells.add(layer.get("cell").asText()));
                    cells.add("dense"); // the head
                    assertThat(cells).as(file.toString()).isEqualTo(kinds);
                }
            }
        }
    }

    @Test
    void shouldRefuseEveryBadFile() throws IOException {
        for (JsonNode entry :
                new ObjectMapper().readTree(ZOO.resolve("bad/manifest.json").toFile())) {
            Path file = ZOO.resolve("bad").resolve(entry.get("path").asText());
            boolean torch = file.toString().matches(".*\\.(pt|pkl|safetensors)");
            if (torch && entry.get("expect").asText().equals("reject")) {
                assertThatThrownBy(() -> TorchFixtures.read(file, TorchFixtures.spec("{}")))
                        .as(file.toString())
                        .isInstanceOf(ModelFileException.class)
                        .hasMessageStartingWith(file.getFileName() + ": ")
                        .hasMessageNotContaining("\n");
            }
        }
        assertThat(Path.of("PWNED")).doesNotExist();
    }
}
