package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Inaccessible;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models of {@code make_tensorflow_fixtures.py}, whose expected numbers are in TensorFlow's own terms. */
class TensorFlowImporterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] FILES = {
        "tf1-stacked.index", "tf1-stacked.data-00000-of-00002", "tf1-stacked.data-00001-of-00002", "tf1-layer-norm.npz"
    };

    @TempDir
    private Path folder;

    private static InputStream fixture(String name) {
        return TensorFlowImporterTest.class.getResourceAsStream("/io/lstmstreams/fixtures/" + name);
    }

    @BeforeEach
    void copyTheFixtures() throws IOException {
        for (String name : FILES) {
            try (InputStream in = fixture(name)) {
                Files.copy(in, folder.resolve(name));
            }
        }
    }

    private CompleteDraft read(String name) {
        return Inference.complete(
                TensorFlowImporter.read(folder.resolve(name), name, JSON.createObjectNode()), JSON.createObjectNode());
    }

    /**
     * Asserts a tensor's values. The expected numbers are one list, or a list for each block of rows by the letter of
     * its gate, in our order.
     */
    private static void assertSame(Tensor tensor, JsonNode expected) {
        List<Double> numbers = new ArrayList<>();
        if (expected.isArray()) {
            expected.forEach(number -> numbers.add(number.asDouble()));
        } else {
            String order = expected.has("i") ? "ifgo" : "rzn";
            for (int gate = 0; gate < order.length(); gate++) {
                expected.path(order.substring(gate, gate + 1)).forEach(number -> numbers.add(number.asDouble()));
            }
        }
        assertThat(tensor.values()).as(tensor.name()).hasSize(numbers.size());
        for (int i = 0; i < numbers.size(); i++) {
            assertThat((double) tensor.values()[i]).as(tensor.name() + " " + i).isCloseTo(numbers.get(i), within(1e-6));
        }
    }

    private void assertParameters(String name, CompleteDraft draft) throws IOException {
        try (InputStream in = fixture(name + ".expected.json")) {
            JsonNode layers = JSON.readTree(in).path("layers");
            assertThat(draft.layers()).hasSize(layers.size());
            for (int i = 0; i < layers.size(); i++) {
                JsonNode expected = layers.get(i);
                assertThat(draft.layers().get(i)).hasSize(expected.size());
                draft.layers().get(i).forEach((parameter, tensor) -> assertSame(tensor, expected.path(parameter)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tf1-stacked", "tf1-stacked.index", "tf1-stacked.data-00000-of-00002", "tf1-stacked.meta"})
    void shouldReadACheckpointByItsPrefixOrAnyOfItsFiles(String name) throws IOException {
        CompleteDraft draft = read(name);

        assertParameters("tf1-stacked", draft);
        assertThat(draft.spec().toString())
                .isEqualTo(
                        "{\"input\":{\"encoding\":\"one-hot\",\"size\":7},\"layers\":[{\"cell\":\"embedding\",\"size\":5},"
                                + "{\"cell\":\"lstm\",\"units\":6,\"projection\":4,\"peepholes\":true,\"forgetBias\":1.0},"
                                + "{\"cell\":\"gru\",\"units\":3,\"resetAfter\":false},{\"cell\":\"rnn\",\"units\":4}],"
                                + "\"heads\":[{\"name\":\"dense\",\"activation\":\"softmax\"}],"
                                + "\"execution\":{\"mode\":\"carry\"}}");
    }

    @Test
    void shouldReadAnNpzOfVariables() throws IOException {
        CompleteDraft draft = read("tf1-layer-norm.npz");

        assertParameters("tf1-layer-norm", draft);
        assertThat(draft.spec().path("layers").get(0).toString())
                .isEqualTo("{\"cell\":\"lstm\",\"units\":5,\"layerNorm\":true,\"epsilon\":1.0E-12,\"forgetBias\":1.0}");
    }

    @Test
    void shouldReportTheSettingsThatVariablesDoNotState() {
        assertThat(read("tf1-stacked").notes())
                .anyMatch(note -> note.startsWith("layers[1].forgetBias: 1.0"))
                .anyMatch(note -> note.startsWith("layers[1].projectionClip: none"))
                .anyMatch(note -> note.startsWith("execution: carry"))
                .anyMatch(note -> note.startsWith("heads[0].activation: softmax, because dense/kernel"))
                .anyMatch(note -> note.startsWith("input.encoding: one-hot of 7"));
    }

    @Test
    void shouldRecogniseItsFiles() throws IOException {
        Files.createDirectory(folder.resolve("saved"));
        assertThat(TensorFlowImporter.recognises(folder.resolve("saved"))).isFalse();
        Files.createFile(folder.resolve("saved/saved_model.pb"));

        assertThat(TensorFlowImporter.recognises(folder.resolve("saved"))).isTrue();
        assertThat(TensorFlowImporter.recognises(folder.resolve("tf1-stacked"))).isTrue();
        assertThat(TensorFlowImporter.recognises(folder.resolve("tf1-stacked.index")))
                .isTrue();
        assertThat(TensorFlowImporter.recognises(folder.resolve("any.npz"))).isTrue();
        assertThat(TensorFlowImporter.recognises(folder.resolve("tf1"))).isFalse();
        assertThat(TensorFlowImporter.recognises(folder.resolve("model.h5"))).isFalse();
    }

    @Test
    void shouldRefuseMissingFilesAndFilesWithoutAModel() throws IOException {
        assertThatThrownBy(() -> read("none")).isInstanceOf(Inaccessible.class).hasMessageContaining("does not exist");
        Files.createFile(folder.resolve("other"));
        assertThatThrownBy(() -> read("other")).isInstanceOf(Unsupported.class).hasMessageContaining("other.index");
        Files.createDirectory(folder.resolve("saved"));
        assertThatThrownBy(() -> read("saved")).isInstanceOf(Unsupported.class).hasMessageContaining("saved_model.pb");
        Files.createFile(folder.resolve("saved/saved_model.pb"));
        assertThatThrownBy(() -> read("saved")).isInstanceOf(Inaccessible.class).hasMessageContaining("incomplete");
        Files.createDirectory(folder.resolve("x.index"));
        assertThatThrownBy(() -> read("x.index")).isInstanceOf(ModelFileException.class);
    }

    /** Random damage yields a draft or one line of ours, whatever is damaged. */
    @Test
    void shouldSurviveAnyDamage() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (String name : FILES) {
            byte[] whole = Files.readAllBytes(folder.resolve(name));
            for (int round = 0; round < 150; round++) {
                byte[] damaged = whole.clone();
                for (int i = random.nextInt(1, 6); i > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                Files.write(folder.resolve(name), damaged);
                try {
                    assertThat(read(name).layers()).isNotEmpty();
                } catch (ModelFileException e) {
                    assertThat(e)
                            .hasMessageStartingWith(name.replaceAll("\\.data.*", ""))
                            .hasMessageNotContaining("\n");
                }
            }
            Files.write(folder.resolve(name), whole);
        }
    }
}
