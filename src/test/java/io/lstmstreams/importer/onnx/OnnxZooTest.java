package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.ZooTest;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The ONNX files of the zoo. */
class OnnxZooTest extends ZooTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static CompleteDraft read(Path path) {
        return Inference.complete(OnnxImporter.read(path, path.getFileName().toString()), MAPPER.createObjectNode());
    }

    @Test
    void shouldReadEveryGoodModel() throws IOException {
        for (Path file : goodFiles(Reader.ONNX)) {
            JsonNode expected = MAPPER.readTree(file.resolveSibling("case.json").toFile());
            switch (expected.get("expect").asText()) {
                case "accept" -> {
                    CompleteDraft draft = read(file);
                    long layers =
                            expected.get("layers").findValuesAsText("kind").size();
                    assertThat(draft.layers().size()
                                    + draft.heads().stream()
                                            .filter(head -> !head.isEmpty())
                                            .count())
                            .as(file.toString())
                            .isEqualTo(layers);
                }
                case "reject" -> assertThatThrownBy(() -> read(file)).isInstanceOf(ModelFileException.class);
                default ->
                    assertThatCode(() -> {
                                try {
                                    read(file);
                                } catch (ModelFileException e) {
                                    assertThat(e).hasMessageContaining("a learned constant");
                                }
                            })
                            .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void shouldRefuseEveryBadFileWithOneLine() throws IOException {
        for (BadFile bad : badFiles(Reader.ONNX)) {
            assertThat(bad.mustBeRefused()).as(bad.toString()).isTrue();
            assertThatThrownBy(() -> read(bad.file()))
                    .as(bad.toString())
                    .isInstanceOf(ModelFileException.class)
                    .message()
                    .startsWith(bad.file().getFileName() + ": ")
                    .hasLineCount(1);
        }
    }
}
