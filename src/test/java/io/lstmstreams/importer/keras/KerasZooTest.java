package io.lstmstreams.importer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model zoo's files of Keras. Skipped where its folder is not beside the project, or where {@code lstm.zoo} says. */
class KerasZooTest {
    private static final Path ZOO = Path.of(System.getProperty("lstm.zoo", "../shared/zoo"));

    /** Good files that the zoo lists as refused by a reader without graphs or layer normalisation. */
    private static final Set<String> ACCEPTED =
            Set.of("keras-layernorm-between.keras", "keras-layernorm-between.h5", "keras-residual.keras");

    @BeforeAll
    static void needsTheZoo() {
        boolean there = Files.isDirectory(ZOO);
        if (!there) {
            System.out.println("KerasZooTest is skipped: there is no folder " + ZOO);
        }
        assumeTrue(there, "there is no folder " + ZOO);
    }

    private static boolean isOfKeras(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".h5") || name.endsWith(".keras");
    }

    @Test
    void shouldReadEveryCase() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(ZOO.resolve("cases"))) {
            files = walk.filter(KerasZooTest::isOfKeras).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            Draft draft = KerasImporter.read(file, file.toString(), Fixtures.noSpec());

            assertThat(draft.spec().path("execution").path("mode").asText())
                    .as(file.toString())
                    .isEqualTo("carry");
            assertThat(draft.layers()).hasSameSizeAs(draft.spec().path("layers"));
        }
    }

    @Test
    void shouldRefuseEveryBadFileInOneLine() throws IOException {
        JsonNode manifest =
                Fixtures.JSON.readTree(ZOO.resolve("bad/manifest.json").toFile());
        List<String> wrong = new ArrayList<>();
        for (JsonNode entry : manifest.isArray() ? manifest : manifest.path("files")) {
            Path file = ZOO.resolve("bad").resolve(entry.path("path").asText());
            if (isOfKeras(file)) {
                String expected = ACCEPTED.contains(file.getFileName().toString())
                        ? "accept"
                        : entry.path("expect").asText();
                String got = outcome(file);
                if (!expected.contains(got)) {
                    wrong.add(file + ": " + got);
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    private static String outcome(Path file) {
        try {
            KerasImporter.read(file, file.toString(), Fixtures.noSpec());
            return "accept";
        } catch (ModelFileException e) {
            assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
            return "reject";
        }
    }
}
