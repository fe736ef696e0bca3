package io.lstmstreams.importer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Masks, states as inputs, and layers of one step: what is read, and what is refused for which reason. */
class StepwiseLayersTest {
    @TempDir
    private Path folder;

    private CompleteDraft changed(String fixture, String from, String to) throws IOException {
        Path file = Fixtures.withConfig(fixture, folder.resolve("m.keras"), config -> config.replace(from, to));
        return Inference.complete(KerasImporter.read(file, "m.keras", Fixtures.noSpec()), Fixtures.noSpec());
    }

    @Test
    void shouldCarryTheStatesThatPassThroughInputsAndOutputs() throws IOException {
        CompleteDraft draft = changed("keras-step.keras", "\"name\": \"functional", "\"name\": \"step");

        assertThat(draft.spec().path("input")).hasToString("{\"encoding\":\"dense\",\"size\":3}");
        assertThat(draft.spec().path("heads")).hasSize(1);
        assertThat(draft.spec().path("execution")).hasToString("{\"mode\":\"carry\"}");
        assertThat(draft.notes())
                .anyMatch(note -> note.contains("reads its states as inputs and returns them as outputs"))
                .anyMatch(note -> note.contains("starts each sequence with states of zeros"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"lstm_7\", 0, 1], [\"lstm_7\", 0, 2]|[\"lstm_7\", 0, 2], [\"lstm_7\", 0, 1]|h of layer lstm_7",
                ", [\"lstm_7\", 0, 2], [\"gru_4\", 0, 1]]|, [\"gru_4\", 0, 1]]|c of layer lstm_7",
                "[\"lstm_7\", 0, 1], [\"lstm_7\", 0, 2], [\"gru_4\", 0, 1]]|[\"gru_4\", 0, 1], [\"lstm_7\", 0, 1], [\"lstm_7\", 0, 2]]"
                        + "|is h of layer gru_4",
                ", [\"lstm_7\", 0, 1], [\"lstm_7\", 0, 2], [\"gru_4\", 0, 1]]|]|does not return it as such",
            })
    void shouldRefuseAStateThatIsNotFedBackToItsCell(String from, String to, String message) {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> changed("keras-step.keras", from, to))
                .withMessageStartingWith("m.keras: reads ")
                .withMessageContaining(message);
    }

    @Test
    void shouldReadTheMaskValue() throws IOException {
        CompleteDraft draft = changed("keras-mask-value.keras", "\"mask_value\": -9.0", "\"mask_value\": 7.5");

        assertThat(draft.spec().path("execution")).hasToString("{\"mode\":\"carry\",\"maskValue\":7.5}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keras-mask-value.keras|\"zero_output_for_mask\": false|\"zero_output_for_mask\": true|outputs zeros for masked",
                "keras-front.keras|\"kernel_size\": [1]|\"kernel_size\": [3]|is a convolution over steps (kernel_size [3]",
                "keras-front.keras|\"strides\": [1]|\"strides\": [2]|is a convolution over steps (kernel_size [1], strides [2]",
                "keras-front.keras|\"axis\": [-1], \"invert\": false|\"axis\": [1], \"invert\": false|along axis [1]",
            })
    void shouldRefuseByATrueReason(String fixture, String from, String to, String message) {
        assertThatExceptionOfType(Unsupported.class)
                .isThrownBy(() -> changed(fixture, from, to))
                .withMessageStartingWith("m.keras: layer ")
                .withMessageContaining(message);
    }
}
