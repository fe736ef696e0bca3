package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the files that TensorFlow itself wrote, where the folder of them is at hand ({@code -Dzoo=FOLDER}). */
class ZooTest {
    private static final Path ZOO = Path.of(System.getProperty("lstm.zoo", "../shared/zoo"));
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeEach
    void needsTheFolder() {
        assumeTrue(Files.isDirectory(ZOO), "there is no folder " + ZOO.toAbsolutePath() + " with models of TensorFlow");
    }

    private static List<Path> cases(String prefix) throws IOException {
        try (Stream<Path> folders = Files.list(ZOO.resolve("cases"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    private static Draft read(Path path) {
        return TensorFlowImporter.read(path, path.toString(), JSON.createObjectNode());
    }

    /** Cells, sizes and activations as the case says, apart from what no variable tells. */
    private static void assertCase(Path folder, Draft draft, boolean activations) throws IOException {
        JsonNode layers = JSON.readTree(folder.resolve("case.json").toFile()).path("layers");
        ObjectNode spec = draft.spec();
        assertThat(spec.path("layers").size() + spec.path("heads").size()).isEqualTo(layers.size());
        for (int i = 0; i < layers.size(); i++) {
            JsonNode expected = layers.get(i);
            JsonNode layer = i < spec.path("layers").size()
                    ? spec.path("layers").get(i)
                    : spec.path("heads").get(0);
            assertThat(layer.path("cell").asText("dense"))
                    .isEqualTo(expected.path("kind").asText());
            if (expected.has("hidden")) {
                assertThat(layer.path("units")).isEqualTo(expected.path("hidden"));
            }
            if (activations && expected.has("activation")) {
                JsonNode activation = layer.path("activation");
                assertThat(activation.isObject() ? activation.path("name") : activation)
                        .isEqualTo(expected.path("activation"));
            }
        }
    }

    @Test
    void shouldReadTheCheckpointsAndArchivesOfTensorFlow1() throws IOException {
        assertThat(cases("tf1-")).isNotEmpty();
        for (Path folder : cases("tf1-")) {
            assertCase(folder, read(folder.resolve("model.ckpt.index")), false);
            assertCase(folder, read(folder.resolve("model.npz")), false);
        }
    }

    @Test
    void shouldReadTheSavedModelsOfKerasWithTheirActivations() throws IOException {
        for (Path folder : cases("keras-")) {
            Path model = folder.resolve("savedmodel");
            if (Files.exists(model)) {
                assertCase(folder, read(model), true);
            }
        }
    }

    @Test
    void shouldRefuseTheDamagedOnes() throws IOException {
        for (JsonNode file : JSON.readTree(ZOO.resolve("bad/manifest.json").toFile())) {
            String name = file.path("path").asText();
            if (name.matches("(tfckpt-|npz-|savedmodel-).*|.*\\.npz")) {
                if (file.path("expect").asText().equals("reject")) {
                    assertThatThrownBy(() -> read(ZOO.resolve("bad").resolve(name)))
                            .as(name)
                            .isInstanceOf(ModelFileException.class)
                            .hasMessageContaining(name);
                } else {
                    assertThat(read(ZOO.resolve("bad").resolve(name)).layers())
                            .as(name)
                            .hasSize(1);
                }
            }
        }
    }
}
