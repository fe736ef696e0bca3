package io.lstmstreams.modelfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Activation.Kind;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that was saved and loaded computes the same numbers, to the last bit. */
class RoundTripTest {
    private static final String[] INDEXES = {"2", "0", "1", "1", "2"};

    private final VariedModels models = new VariedModels();

    @TempDir
    private Path folder;

    private Model savedAndLoaded(Model model) {
        Path file = folder.resolve("model.safetensors");
        ModelFile.save(model, file);
        return ModelFile.load(file);
    }

    /**
     * Returns everything that a result can hold after each event, one second apart: float arrays, and doubles computed
     * from them.
     */
    private static List<Prediction> run(Model model, String... events) {
        InputEncoder encoder = new InputEncoder(model);
        JsonEventDecoder decoder = new JsonEventDecoder("");
        PackedNetwork packed = PackedNetwork.of(model.network(), Kernels.named("scalar"));
        Predictor predictor = new Predictor(model, packed, 3, EnumSet.allOf(Include.class));
        SequenceState state = new SequenceState(model.network());
        List<Prediction> predictions = new ArrayList<>();
        for (String json : events) {
            Event event = decoder.decode(json.getBytes(StandardCharsets.UTF_8)).event();
            long time = 1_000L * 1_000L * (predictions.size() + 1);
            predictions.add(predictor.advance("s", time, encoder.encode(event), state));
        }
        return predictions;
    }

    private void assertSameAfterwards(Model model, String... events) {
        // When
        Model back = savedAndLoaded(model);

        // Then
        assertThat(ModelFile.spec(back)).isEqualTo(ModelFile.spec(model));
        assertThat(back.network().fingerprintHex()).isEqualTo(model.network().fingerprintHex());
        assertThat(back.network().input()).isEqualTo(model.network().input());
        assertThat(back.fields()).usingRecursiveComparison().isEqualTo(model.fields());
        List<Prediction> expected = run(model, events);
        assertThat(run(back, events)).usingRecursiveComparison().isEqualTo(expected);
        assertThatEveryEventCounts(model, expected);
    }

    /** Asserts that every event changes the numbers. Constant numbers would pass any comparison. */
    private static void assertThatEveryEventCounts(Model model, List<Prediction> predictions) {
        OutputJson json = new OutputJson(model.vocabulary());
        assertThat(predictions)
                .extracting(prediction ->
                        new String(json.write(prediction), StandardCharsets.UTF_8).replaceAll(".*\"output\":", ""))
                .doesNotHaveDuplicates()
                .noneMatch(output -> output.contains("NaN"));
    }

    @Test
    void shouldKeepLstmsWithEveryOption() {
        assertSameAfterwards(models.lstms(), INDEXES);
    }

    @Test
    void shouldKeepBothKindsOfGruAndARecurrentLayerWithoutGates() {
        assertSameAfterwards(models.grusAndRnn(), INDEXES);
    }

    @Test
    void shouldKeepAnEmbeddingThatMasksZero() {
        // Given
        Model model = models.embedding();
        String masked = "0";

        // When
        List<Prediction> back = run(savedAndLoaded(model), "2", masked, "3");

        // Then
        assertThat(back).usingRecursiveComparison().isEqualTo(run(model, "2", masked, "3"));
        assertThat(back.get(1).details().state())
                .usingRecursiveComparison()
                .isEqualTo(back.get(0).details().state());
        assertSameAfterwards(model, "2", "3", "1", "1");
    }

    @Test
    void shouldKeepABranchingGraphAndItsHeads() {
        assertSameAfterwards(
                models.graph(), "[1,-2,0.5,3,0.25,-1]", "[0.1,0.2,0.3,0.4,0.5,0.6]", "[-1,1,-1,1,-1,1]", "3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepAWindowAndItsPadding(boolean padded) {
        assertSameAfterwards(models.window(padded), "\"c\"", "0", "\"a\"", "\"d\"", "\"b\"");
    }

    @Test
    void shouldKeepTheScaleOfAnIndex() {
        assertSameAfterwards(models.index(), INDEXES);
    }

    @Test
    void shouldKeepEveryKindOfField() {
        assertSameAfterwards(models.fields(Execution.CARRY), fieldEvents());
    }

    @Test
    void shouldKeepEveryKindOfFieldInAWindow() {
        assertSameAfterwards(models.fields(new Execution(2, true)), fieldEvents());
        assertSameAfterwards(models.fields(new Execution(0, false, 0.5f)), fieldEvents());
    }

    @Test
    void shouldKeepAnInputOfOneField() {
        assertSameAfterwards(models.oneField(), "{\"load\":{\"average\":0.5}}", "{\"load\":{\"average\":-3}}");
    }

    private static String[] fieldEvents() {
        return new String[] {
            "{'kind':'buy','amount':12.5,'shop':{'country':'ch'},'weekday':6,'a/b':[1,2.5]}".replace('\'', '"'),
            "{'kind':'sell','amount':3,'shop':{'country':'of nowhere'},'weekday':0,'a/b':[-1,0]}".replace('\'', '"'),
            "{'kind':2,'amount':-1e3,'shop':{'country':0},'weekday':3,'a/b':[0,0]}".replace('\'', '"')
        };
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryActivation(Kind kind) {
        assertSameAfterwards(models.activation(Activation.of(kind)), INDEXES);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheParametersOfEveryActivation(Kind kind) {
        // Given
        Activation other = new Activation(kind, kind.hasAlpha() ? 0.3f : 0f, kind.hasBeta() ? 0.7f : 0f);

        // Then
        assertSameAfterwards(models.activation(other), INDEXES);
    }
}
