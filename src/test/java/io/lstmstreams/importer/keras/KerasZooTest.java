package io.lstmstreams.importer.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.ZooTest;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Keras files of the zoo. */
class KerasZooTest extends ZooTest {
    private static List<Path> models() throws IOException {
        return goodFiles(Reader.KERAS).stream()
                .filter(file -> !file.endsWith("model.json")) // the importer reads it beside its weights
                .toList();
    }

    @Test
    void shouldReadEveryCase() throws IOException {
        List<Path> files = models();
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            ObjectNode spec = Fixtures.spec(
                    "{'heads':[{'activation':'softmax'}],'layers':[{},{'activation':'relu'}]}"); // for weights
            CompleteDraft draft = Inference.complete(KerasImporter.read(file, file.toString(), spec), spec);

            assertThat(draft.spec().path("execution").path("mode").asText())
                    .as(file.toString())
                    .isEqualTo("carry");
            assertThat(draft.layers()).hasSameSizeAs(draft.spec().path("layers"));
        }
    }

    @Test
    void shouldRefuseEveryBadFileInOneLine() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (BadFile bad : badFiles(Reader.KERAS)) {
            String outcome = outcome(bad.file());
            if (!bad.expect().contains(outcome)) {
                wrong.add(bad.file() + ": " + outcome);
            }
        }

        assertThat(wrong).isEmpty();
    }

    private static String outcome(Path file) {
        try {
            Inference.complete(KerasImporter.read(file, file.toString(), Fixtures.noSpec()), Fixtures.noSpec());
            return "accept";
        } catch (ModelFileException e) {
            assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
            return "reject";
        }
    }
}
