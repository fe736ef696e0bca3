package io.lstmstreams.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.Details;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A framework's model, imported, saved, loaded and run, compared with the framework's numbers. */
class ImportedModelsTest {
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    private static Stream<ImportedRun> runs() {
        return ImportedRuns.all();
    }

    private static Stream<Arguments> runsOnEachKernel() {
        return runs().flatMap(run -> KernelNames.all().map(kernel -> Arguments.of(run, kernel)));
    }

    private static Model imported(ImportedRun run) {
        return ModelImporter.importFrom(run.file(), run.spec()).model();
    }

    private Model savedAndLoaded(Model model) {
        Path file = folder.resolve("saved.safetensors");
        ModelFile.save(model, file);
        return ModelFile.load(file);
    }

    @ParameterizedTest
    @MethodSource("runsOnEachKernel")
    void shouldComputeTheFrameworksNumbers(ImportedRun run, String kernel) {
        // Given
        Model model = savedAndLoaded(imported(run));
        InputEncoder encoder = new InputEncoder(model);
        Predictor predictor = new Predictor(
                model,
                PackedNetwork.of(model.network(), KernelNames.kernel(kernel)),
                0,
                EnumSet.of(Include.OUTPUT, Include.STATE));
        SequenceState state = new SequenceState(model.network());

        for (int i = 0; i < run.events().size(); i++) {
            // When
            Details got = predictor
                    .advance("s", 0, encoder.encode(run.events().get(i)), state)
                    .details();

            // Then
            ImportedRun.Step step = run.steps().get(i);
            assertSame("outputs of step " + i, List.copyOf(got.output().values()), step.outputs());
            assertSame("h of step " + i, floats(got, Details.LayerState::h), step.h());
            assertSame("c of step " + i, floats(got, Details.LayerState::c), step.c());
        }
    }

    private static void assertSame(String what, List<double[]> got, List<double[]> expected) {
        if (expected != null) {
            assertThat(got).as(what).hasSameSizeAs(expected);
            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i)).as("%s, %d", what, i).containsExactly(expected.get(i), within(TOLERANCE));
            }
        }
    }

    private static List<double[]> floats(Details got, Function<Details.LayerState, float[]> which) {
        List<double[]> vectors = new ArrayList<>();
        for (Details.LayerState layer : got.state()) {
            float[] values = which.apply(layer);
            double[] doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                doubles[i] = values[i];
            }
            vectors.add(doubles);
        }
        return vectors;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldBeTheSameModelAfterItWasSavedAndLoaded(ImportedRun run) {
        // Given
        Model model = imported(run);

        // When
        Model back = savedAndLoaded(model);

        // Then
        assertThat(back.network().fingerprintHex()).isEqualTo(model.network().fingerprintHex());
        assertThat(ModelFile.spec(back)).isEqualTo(ModelFile.spec(model));
        assertThat(back.fields()).usingRecursiveComparison().isEqualTo(model.fields());
    }

    @ParameterizedTest
    @CsvSource({
        "torch/deeplog.pt, torch/deeplog.safetensors",
        "torch/deeplog.pt, torch/deeplog-legacy.pt",
        "torch/deeplog.pt, torch/deeplog-float64.pt",
        "torch/deeplog.pt, torch/deeplog-views.pt",
        "torch/deeplog.pt, torch/deeplog-views-legacy.pt",
        "torch/normed.pt, torch/normed.safetensors",
        "keras-heads.keras, keras-heads.h5"
    })
    void shouldHaveTheSameFingerprintInEveryFormat(String name, String other) {
        assertThat(fingerprint(other)).isEqualTo(fingerprint(name));
    }

    @Test
    void shouldReadTheSameModelOfEventsFromTheSameWeightsOfEveryFramework() {
        // When: 28 events in, 29 out, of which the last one is the end of a sequence
        ObjectNode events =
                ModelFile.parseSpec("{\"scoring\":{\"rule\":\"rank-above\",\"rank\":9}}", "the spec of this test");
        List<Model> models = Stream.of("safetensors", "keras", "npz", "onnx")
                .map(ending -> ModelImporter.importFrom(ImportedRuns.path("same-weights." + ending), events)
                        .model())
                .toList();

        // Then
        assertThat(models)
                .extracting(model -> model.network().input().encoding())
                .containsOnly(InputEncoding.ONE_HOT);
        assertThat(models)
                .extracting(model -> model.network().fingerprintHex())
                .containsOnly(models.get(0).network().fingerprintHex());
    }

    private static String fingerprint(String name) {
        ImportedRun run = runs().filter(each -> each.file().equals(ImportedRuns.path(name)))
                .findFirst()
                .orElseThrow();
        return imported(run).network().fingerprintHex();
    }
}
