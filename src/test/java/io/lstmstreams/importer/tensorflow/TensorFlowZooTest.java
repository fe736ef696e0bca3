package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.ZooTest;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The checkpoints, NumPy archives and SavedModels of the zoo. */
class TensorFlowZooTest extends ZooTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<Path> cases(String prefix) throws IOException {
        try (Stream<Path> folders = Files.list(ZOO.resolve("cases"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    private static CompleteDraft read(Path path) {
        return Inference.complete(
                TensorFlowImporter.read(path, path.toString(), JSON.createObjectNode()), JSON.createObjectNode());
    }

    /** Asserts that a draft has the layers, sizes and, if the format states them, activations of a case. */
    private static void assertCase(Path folder, CompleteDraft draft, boolean activations) throws IOException {
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
    void shouldRefuseDamagedFiles() throws IOException {
        for (BadFile bad : badFiles(Reader.TENSORFLOW)) {
            String name = ZOO.resolve("bad").relativize(bad.file()).toString();
            if (bad.mustBeRefused()) {
                assertThatThrownBy(() -> read(bad.file()))
                        .as(name)
                        .isInstanceOf(ModelFileException.class)
                        .hasMessageContaining(name);
            } else {
                assertThat(read(bad.file()).layers()).as(name).hasSize(1);
            }
        }
    }
}
