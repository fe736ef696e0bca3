package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code replay --format jsonl} of records with fields and times. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ReplayFieldsTest {
    private static final String BUY =
            "{\"kind\":\"buy\",\"amount\":12.5,\"shop\":{\"country\":\"ch\"}," + "\"weekday\":6,\"a/b\":[1,2.5]}";

    private final Model model = new VariedModels().fields(Execution.CARRY);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void saveTheModel() {
        file = folder.resolve("fields.safetensors");
        ModelFile.save(model, file);
    }

    private Console replay(String... records) throws IOException {
        Path input = Files.write(folder.resolve("records.jsonl"), List.of(records));
        return Console.run(
                "replay",
                "--model",
                file.toString(),
                "--input",
                input.toString(),
                "--format",
                "jsonl",
                "--kernel",
                "scalar",
                "--include",
                "output,state",
                "--steps",
                "-");
    }

    private static String record(String sequence, String more) {
        return "{\"sequence\":\"" + sequence + "\",\"event\":" + BUY + more + "}";
    }

    /** Returns records of the same event at these times, as JSON. */
    private List<String> advanced(String sequence, long... times) {
        EnumSet<Include> include = EnumSet.of(Include.OUTPUT, Include.STATE);
        Predictor predictor =
                new Predictor(model, PackedNetwork.of(model.network(), Kernels.named("scalar")), 3, include);
        SequenceState state = new SequenceState(model.network());
        List<String> results = new ArrayList<>();
        for (long time : times) {
            Prediction prediction = predictor.advance(
                    sequence,
                    time,
                    new InputEncoder(model)
                            .encode(new JsonEventDecoder("")
                                    .decode(BUY.getBytes(StandardCharsets.UTF_8))
                                    .event()),
                    state);
            results.add(new String(new OutputJson(model.vocabulary()).write(prediction), StandardCharsets.UTF_8));
        }
        return results;
    }

    @Test
    void shouldMeasureTheTimeBetweenTheRecordsOfEachSequence() throws IOException {
        // When
        Console console = replay(
                record("a", ",\"time\":1700000000000"),
                record("b", ",\"time\":1700000001000"),
                record("a", ",\"time\":1700000007500"),
                record("b", ",\"time\":1700003601000"));

        // Then
        List<String> a = advanced("a", 1_700_000_000_000L, 1_700_000_007_500L);
        List<String> b = advanced("b", 1_700_000_001_000L, 1_700_003_601_000L);
        assertThat(console.code()).isZero();
        assertThat(console.out().lines()).containsExactly(a.get(0), b.get(0), a.get(1), b.get(1));
        assertThat(a.get(1)).contains("\"time\":1700000007500");
        assertThat(a.get(1).replaceAll(".*\"output\":", ""))
                .isNotEqualTo(b.get(1).replaceAll(".*\"output\":", ""));
    }

    @Test
    void shouldTreatRecordsWithoutATimeAsSimultaneous() throws IOException {
        // When
        Console console = replay(record("a", ""), record("a", ",\"time\":null"), record("a", ""));

        // Then
        assertThat(console.out().lines())
                .containsExactlyElementsOf(advanced("a", Prediction.NO_TIME, Prediction.NO_TIME, Prediction.NO_TIME));
    }

    @Test
    void shouldLeaveOutARecordWhoseTimeOrFieldsAreWrong() throws IOException {
        // When
        Console console = replay(
                record("a", ",\"time\":1000"),
                record("a", ",\"time\":\"now\""),
                record("a", ",\"time\":-5"),
                record("a", ",\"time\":1.5"),
                record("a", ",\"time\":2000").replace("\"amount\"", "\"amounts\""),
                record("a", ",\"time\":3000"));

        // Then
        assertThat(console.code()).isZero();
        assertThat(console.out().lines()).containsExactlyElementsOf(advanced("a", 1000, 3000));
        assertThat(console.err())
                .contains("4 events could not be processed:", "  line 2: ")
                .contains("\"time\" must be a number of milliseconds since the epoch");
    }
}
