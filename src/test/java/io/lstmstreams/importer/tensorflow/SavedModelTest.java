package io.lstmstreams.importer.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SavedModels of Keras 2, whose layers are in Keras' text about the model and not in the graph. */
class SavedModelTest {
    private static final String METADATA = "keras_metadata.pb";

    @TempDir
    private Path folder;

    @BeforeEach
    void copyFixture() throws IOException, URISyntaxException {
        Path fixture = Path.of(
                Objects.requireNonNull(SavedModelTest.class.getResource("/io/lstmstreams/fixtures/keras2-savedmodel"))
                        .toURI());
        try (Stream<Path> files = Files.walk(fixture)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(fixture.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private CompleteDraft read() {
        ObjectNode noSpec = JsonNodeFactory.instance.objectNode();
        return Inference.complete(TensorFlowImporter.read(folder, "saved", noSpec), noSpec);
    }

    /** Replaces a text in Keras' metadata by one of the same length. */
    private void replace(String text, String other) throws IOException {
        Path file = folder.resolve(METADATA);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains(text);
        assertThat(other).hasSameSizeAs(text);
        Files.writeString(file, bytes.replace(text, other), StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldReadTheGraphOfKeras() {
        CompleteDraft draft = read();

        assertThat(draft.spec().get("layers").findValuesAsText("cell")).containsExactly("lstm", "add");
        assertThat(draft.spec().at("/layers/1/from").toString()).isEqualTo("[-1,0]");
        assertThat(draft.spec().at("/heads/0/activation").asText()).isEqualTo("tanh");
        assertThat(draft.spec().get("execution").toString())
                .isEqualTo("{\"mode\":\"window\",\"length\":4,\"padding\":\"zeros\"}");
    }

    @Test
    void shouldRefuseWhatCannotRunOneStepAtATime() throws IOException {
        replace("\"go_backwards\": false", "\"go_backwards\": true ");

        assertThatThrownBy(this::read)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("layer lstm (LSTM): runs backwards (go_backwards)");
    }

    @Test
    void shouldRefuseAModelWhoseMetadataIsMissing() throws IOException {
        Files.delete(folder.resolve(METADATA));

        assertThatThrownBy(this::read)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("is a SavedModel of Keras 2 without its keras_metadata.pb");
    }

    @Test
    void shouldRefuseVariablesThatDoNotFitTheMetadata() throws IOException {
        replace("\"units\": 3", "\"units\": 7");

        assertThatThrownBy(this::read).isInstanceOf(ModelFileException.class).hasMessageContaining("lstm");
    }

    @Test
    void shouldSurviveAnyDamage() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        for (String name : new String[] {METADATA, "saved_model.pb"}) {
            byte[] whole = Files.readAllBytes(folder.resolve(name));
            for (int round = 0; round < 300; round++) {
                byte[] damaged = whole.clone();
                for (int i = random.nextInt(1, 5); i > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                Files.write(folder.resolve(name), damaged);

                assertThatCode(() -> {
                            try {
                                read();
                            } catch (ModelFileException e) {
                                assertThat(e.getMessage()).startsWith("saved");
                            }
                        })
                        .as("round " + round + " of " + name)
                        .doesNotThrowAnyException();
            }
            Files.write(folder.resolve(name), whole);
        }
    }
}
