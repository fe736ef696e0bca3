package io.lstmstreams.importer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The files of {@code ../shared/zoo}, or of the folder that {@code -Dzoo=...} names. Skipped where there is none: it is no part
 * of the repository.
 */
class OnnxZooTest {
    private static final Path ZOO = Path.of(System.getProperty("zoo", "../shared/zoo"));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @BeforeEach
    void skipWithoutTheZoo() {
        assumeTrue(Files.isDirectory(ZOO), "there is no folder " + ZOO);
    }

    private static Draft read(Path path) {
        return OnnxImporter.read(path, path.getFileName().toString(), MAPPER.createObjectNode());
    }

    @Test
    void shouldReadEveryModelThatIsToBeAccepted() throws IOException {
        for (Path file : files(ZOO.resolve("cases"))) {
            JsonNode expected = MAPPER.readTree(file.resolveSibling("case.json").toFile());
            switch (expected.get("expect").asText()) {
                case "accept" -> {
                    Draft draft = read(file);
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
        for (Path file : files(ZOO.resolve("bad"))) {
            assertThatThrownBy(() -> read(file))
                    .as(file.toString())
                    .isInstanceOf(ModelFileException.class)
                    .message()
                    .startsWith(file.getFileName() + ": ")
                    .hasLineCount(1);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
    }
}
