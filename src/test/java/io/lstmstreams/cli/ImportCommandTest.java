package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.modelfile.ModelFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code import}: the table of settings, and specs that are copied from its output. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ImportCommandTest {
    private static final Pattern PRINTED_SPEC = Pattern.compile("--spec '(\\{.*})'");

    @TempDir
    private Path folder;

    private static String fixture(String name) throws URISyntaxException {
        URL url = Objects.requireNonNull(ImportCommandTest.class.getResource("/io/lstmstreams/fixtures/" + name), name);
        return Path.of(url.toURI()).toString();
    }

    private String output() {
        return folder.resolve("out.safetensors").toString();
    }

    private Console importing(String file, String... options) {
        List<String> arguments = new ArrayList<>(List.of("import", file, "--output", output()));
        arguments.addAll(List.of(options));
        return Console.run(arguments.toArray(String[]::new));
    }

    private static List<String> rows(Console console) {
        return console.out()
                .lines()
                .map(line -> line.strip().replaceAll("  +", " | "))
                .toList();
    }

    @Test
    void shouldPrintTheSettingsAfterTheSpecWasApplied() throws Exception {
        String events = Files.writeString(folder.resolve("events.txt"), "a\nb\nc\nd\ne\nf\ng\n")
                .toString();

        Console console = importing(
                fixture("torch-lstm.safetensors"),
                "--vocabulary",
                events,
                "--scoring",
                "rank-above=2",
                "--name",
                "mine",
                "--spec",
                "{\"execution\":{\"mode\":\"carry\"}}");

        assertThat(console.code()).isZero();
        assertThat(rows(console))
                .contains(
                        "setting | value | origin",
                        "name | mine | --name",
                        "input.encoding | one-hot | --vocabulary",
                        "input.size | 7 | file",
                        "input.vocabulary | 7 symbols | --vocabulary",
                        "layers[1].cell | lstm | file",
                        "heads[0].activation | softmax | inferred: fc has an output for each event; the file does not"
                                + " state it",
                        "execution | carry | --spec",
                        "scoring | rank-above, rank 2 | --scoring");
        assertThat(ModelFile.load(output()).network().name()).isEqualTo("mine");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch-lstm.safetensors",
                "torch/char-rnn.bin",
                "torch/script.pt",
                "keras-heads.keras",
                "keras2-cudnn.h5",
                "tf1-stacked.index",
                "tf1-layer-norm.npz",
                "onnx/torch-rnn.dynamo.onnx"
            })
    void shouldRefuseInferredSettingsAndTakeTheSpecThatConfirmsThem(String name) throws Exception {
        Console free = importing(fixture(name));
        String fingerprint = fingerprint();
        Files.delete(Path.of(output()));

        Console refused = importing(fixture(name), "--strict");
        assertThat(free.code()).isZero();
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("settings; if they are right");
        assertThat(Path.of(output())).doesNotExist();

        Matcher spec = PRINTED_SPEC.matcher(refused.err());
        assertThat(spec.find()).isTrue();
        Console confirmed = importing(fixture(name), "--strict", "--spec", spec.group(1));
        assertThat(confirmed.err()).isEmpty();
        assertThat(confirmed.code()).isZero();
        assertThat(rows(confirmed)).noneMatch(row -> row.contains("inferred:") || row.contains("default of"));
        assertThat(fingerprint()).isEqualTo(fingerprint);
    }

    private String fingerprint() {
        return ModelFile.load(output()).network().fingerprintHex();
    }

    @Test
    void shouldTakeASpecAsAFileOrAsJson() throws IOException, URISyntaxException {
        String json = "{\"heads\":[{\"activation\":\"softmax\"}]}";
        importing(fixture("torch-lstm.safetensors"), "--spec", json);
        String fingerprint = fingerprint();

        importing(
                fixture("torch-lstm.safetensors"),
                "--spec",
                Files.writeString(folder.resolve("spec.json"), json).toString());

        assertThat(fingerprint()).isEqualTo(fingerprint);
        assertThat(importing(fixture("torch-lstm.safetensors"), "--spec", "{nonsense")
                        .err())
                .startsWith("lstm-streams: --spec: the spec is not JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b,c,d,e,f | the vocabulary has 6 symbols, but the model knows 7 events: if the last one is the end",
                "<pad>,a,b,c,d,e,f,g | without <pad> in its first line, the vocabulary fits",
                "a,b,,d,e,f,g | line 3: is empty, but each line of a vocabulary names an event"
            })
    void shouldGiveAHintOnAVocabularyThatDoesNotFit(String symbols, String hint) throws Exception {
        String file = Files.writeString(folder.resolve("events.txt"), symbols.replace(",", "\n") + "\n")
                .toString();

        Console console = importing(fixture("torch-lstm.safetensors"), "--vocabulary", file);

        assertThat(console.code()).isEqualTo(1);
        assertThat(console.err().lines()).singleElement().asString().contains(hint);
    }

    @Test
    void shouldReadAVocabularyWithAMarkAndNoteAPadding() throws Exception {
        String file = Files.writeString(folder.resolve("events.txt"), "\ufeff<pad>\r\na\r\nb\r\nc\r\nd\r\ne\r\nf\r\n")
                .toString();

        Console console = importing(fixture("torch-lstm.safetensors"), "--vocabulary", file);

        assertThat(console.code()).isZero();
        assertThat(console.out())
                .contains("the vocabulary begins with <pad>, so that every other event is one number higher");
    }

    @Test
    void shouldNameAnArchitectureOfAnotherModel() throws Exception {
        String other = "{\"class_name\":\"Sequential\",\"keras_version\":\"3.0.0\",\"config\":{\"layers\":["
                + "{\"class_name\":\"InputLayer\",\"config\":{\"name\":\"in\",\"batch_shape\":[null,null,9]}},"
                + "{\"class_name\":\"GRU\",\"config\":{\"name\":\"gru\",\"units\":3}}]}}";
        String json = Files.writeString(folder.resolve("other.json"), other).toString();

        Console console = Console.run("import", fixture("keras-bare.weights.h5"), json, "--output", output());

        assertThat(console.err())
                .contains(json + ": does not fit the weights, perhaps because it is of another model: ");
    }
}
