package io.lstmstreams.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every spec that a message prints works when it is copied, or has blanks and works once they are filled. */
class PrintedSpecsTest {
    private static final Pattern PRINTED = Pattern.compile("--spec '(\\{(?:[^']|'\\\\'')*})'");
    private static final String BLANK = "\"?\"";
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "lstmstreams");

    private static Stream<Path> files() throws IOException {
        try (Stream<Path> files =
                Files.walk(ImportedRuns.path("torch-lstm.safetensors").getParent())) {
            return files
                    .filter(path -> path.toString().matches(".*\\.(safetensors|pt|pth|bin|keras|h5|npz|index|onnx)"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldTakeEachSpecThatItPrints(Path file) {
        ObjectNode spec = ImportedRuns.noSpec();
        for (int i = 0; i < 3; i++) {
            String text = printed(file, spec);
            Matcher printed = PRINTED.matcher(text);
            if (!printed.find()) {
                return;
            }
            String json = printed.group(1).replace("'\\''", "'");
            if (json.contains(BLANK)) {
                ObjectNode blank = ModelFile.parseSpec(json, text);
                assertThatThrownBy(() -> ModelImporter.importFrom(file, blank))
                        .as("the blank itself is no value")
                        .isInstanceOf(ModelFileException.class);
                json = filled(json);
            }
            spec = ModelFile.parseSpec(json, text);
        }
        assertThat(printed(file, spec))
                .as("a message after each spec was copied")
                .isEmpty();
    }

    /** Returns the message of a refusal, or else what a strict import prints; empty if it is content. */
    private static String printed(Path file, ObjectNode spec) {
        try {
            ModelImporter.Imported imported = ModelImporter.importFrom(file, spec.deepCopy());
            imported.settings().requireStated(file.toString());
            return "";
        } catch (ModelFileException e) {
            return Objects.requireNonNull(e.getMessage());
        }
    }

    private static String filled(String json) {
        return json.replace("\"length\":" + BLANK, "\"length\":4")
                .replace("\"cell\":" + BLANK, "\"cell\":\"layer_norm\"")
                .replace("\"activation\":" + BLANK, "\"activation\":\"tanh\"")
                .replace("\"recurrentActivation\":" + BLANK, "\"recurrentActivation\":\"sigmoid\"")
                .replace("\"resetAfter\":" + BLANK, "\"resetAfter\":true");
    }

    @Test
    void shouldTakeTheSpecOfAWindow() {
        Path file = ImportedRuns.path("torch-lstm.safetensors");
        String row = ModelImporter.importFrom(file, ImportedRuns.noSpec()).settings().rows().stream()
                .filter(setting -> setting.name().equals("execution"))
                .findFirst()
                .orElseThrow()
                .origin()
                .reason();
        Matcher printed = PRINTED.matcher(row);

        assertThat(printed.find()).isTrue();
        assertThatCode(() -> ModelImporter.importFrom(file, ModelFile.parseSpec(filled(printed.group(1)), row)))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldPrintSpecsSoThatAShellTakesThem() throws IOException {
        Pattern bare = Pattern.compile("--spec\"?\\s*\\+?\\s*\"? ?\\{");
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            List<Path> all =
                    sources.filter(path -> path.toString().endsWith(".java")).toList();

            assertThat(all).hasSizeGreaterThan(100);
            for (Path source : all) {
                assertThat(bare.matcher(Files.readString(source)).find())
                        .as("a spec without quotes in " + source)
                        .isFalse();
            }
        }
    }
}
