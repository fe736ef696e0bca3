package io.lstmstreams.modelfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeVocabularyTest {
    private static final int MILLION = 1_000_000;

    @TempDir
    private Path folder;

    private static Model model(List<String> symbols) {
        int inputs = symbols.size();
        LstmLayer layer = new LstmLayer(
                inputs, 1, new float[LstmLayer.GATES * inputs], new float[LstmLayer.GATES], new float[LstmLayer.GATES]);
        return new Model(
                new Network("large", InputEncoding.ONE_HOT, List.of(layer), List.of(), new ScoringRule.None()),
                Vocabulary.of(inputs, symbols, null, null));
    }

    @Test
    void shouldSaveAndLoadAMillionSymbols() {
        Path file = folder.resolve("model.safetensors");
        List<String> symbols =
                IntStream.range(0, MILLION).mapToObj(i -> "event-" + i).toList();

        ModelFile.save(model(symbols), file);

        assertThat(ModelFile.load(file).vocabulary().symbols()).isEqualTo(symbols);
    }

    @Test
    void shouldRefuseToSaveAVocabularyThatCannotBeLoaded() {
        Path file = folder.resolve("model.safetensors");
        String symbol = "\u0001".repeat(10_000_000); // seven bytes each in the header

        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> ModelFile.save(model(List.of(symbol)), file))
                .withMessageContaining("its header must have at most 67,108,864 bytes, but would have 70,");
        assertThat(Files.exists(file)).isFalse();
    }

    @Test
    void shouldRefuseASpecOfManySmallValuesBeforeItFillsTheMemory() {
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> SpecJson.parse("{\"layers\":[" + "[],".repeat(2_000_000) + "[]]}", "the file"))
                .withMessageContaining("the spec exceeds a limit: Token count (3000001)");
    }
}
