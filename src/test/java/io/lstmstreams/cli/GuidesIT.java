package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the shell commands of the tutorials with the distribution on the path, in a folder with the files that a
 * tutorial's Python or its reader would have created. Commands that need a cluster are left out;
 * other tests run them.
 */
class GuidesIT {
    private static final Path GUIDES = Path.of("src", "docs");
    private static final Pattern SHELL = Pattern.compile("(?m)^```sh\\n(.*?)^```$", Pattern.DOTALL);
    private static final List<String> LEFT_OUT = List.of("lstm-streams run ", "lstm-streams send ");

    @TempDir
    private Path folder;

    @BeforeEach
    void fillFolder() throws IOException {
        copy("/io/lstmstreams/demo/hdfs.safetensors", "model.safetensors");
        copy("/io/lstmstreams/guides/state_dict.safetensors", "state_dict.safetensors");
        copy("/io/lstmstreams/guides/events.txt", "events.txt");
        copy("/io/lstmstreams/guides/keras/model.keras", "model.keras");
        copy("/io/lstmstreams/guides/tensorflow1/model.ckpt.index", "model.ckpt.index");
        copy("/io/lstmstreams/guides/tensorflow1/model.ckpt.data-00000-of-00001", "model.ckpt.data-00000-of-00001");
        copy("/io/lstmstreams/guides/onnx/model.onnx", "model.onnx");
        copy("/io/lstmstreams/guides/pytorch.npz", "pytorch.npz");
        copy("/io/lstmstreams/guides/keras/keras.npz", "keras.npz");
        copy("/io/lstmstreams/guides/tensorflow1/tensorflow.npz", "tensorflow.npz");
        copy("/io/lstmstreams/guides/onnx/onnx.npz", "onnx.npz");
        Files.writeString(folder.resolve("sessions.txt"), "open read close\nopen write sync close\n");
        Files.writeString(folder.resolve("normal.txt"), "E5 E22 E5 E5 E11 E9 E11 E9 E11 E9 E26 E26 E26\nE5 E5 E22\n");
        Files.writeString(
                folder.resolve("window.json"),
                "{\"execution\": {\"mode\": \"window\", \"length\": 10, \"padding\": \"none\"}}");
    }

    private void copy(String resource, String name) throws IOException {
        try (InputStream in = GuidesIT.class.getResourceAsStream(resource)) {
            Files.copy(in, folder.resolve(name));
        }
    }

    /** Runs a page's blocks one after another and returns their output. */
    private String run(String page) throws IOException, InterruptedException {
        String bin = Path.of(System.getProperty("test.distribution", "target/lstm-streams"), "bin")
                .toAbsolutePath()
                .toString();
        Map<String, String> environment = Map.of(
                "PATH",
                bin + ":" + System.getenv("PATH"),
                "JAVA_HOME",
                System.getProperty("java.home"),
                "JAVA_OPTS",
                "");
        StringBuilder printed = new StringBuilder();
        for (String block : blocks(page)) {
            JavaProcess shell = JavaProcess.start(
                    folder,
                    environment,
                    "",
                    List.of("bash", "-e", "-o", "pipefail", "-c", "cd '" + folder + "'\n" + block));
            assertThat(shell.exitCode()).as(page + ": " + block + shell.err()).isZero();
            printed.append(shell.out());
        }
        return printed.toString();
    }

    private static List<String> blocks(String page) throws IOException {
        Matcher matcher = SHELL.matcher(Files.readString(GUIDES.resolve(page)));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            if (LEFT_OUT.stream().noneMatch(matcher.group(1)::contains)) {
                blocks.add(matcher.group(1));
            }
        }
        assertThat(blocks).as("commands in " + page).isNotEmpty();
        return blocks;
    }

    private static String text(String page) throws IOException {
        return Files.readString(GUIDES.resolve(page));
    }

    @Test
    void shouldPrintTheNumbersOfThePageOnOneStep() throws Exception {
        String printed = run("one-step.md");

        assertThat(printed).contains("[x; h]", "forget gate");
        Matcher row = Pattern.compile("(?m)^\\| E\\d+ \\|(.*)\\|$").matcher(text("one-step.md"));
        int numbers = 0;
        while (row.find()) {
            for (String number : row.group(1).split("\\|")) {
                assertThat(printed).contains(number.trim());
                numbers++;
            }
        }
        assertThat(numbers).isEqualTo(18);
    }

    @ParameterizedTest
    @ValueSource(strings = {"from-pytorch.md", "from-keras.md", "from-tensorflow-1.md", "from-onnx.md"})
    void shouldImportAndScoreAsTheGuideShows(String page) throws Exception {
        String printed = run(page);

        assertThat(printed).contains("wrote model.safetensors", "fingerprint");
        assertThat(text(page))
                .contains(printed.lines().filter(line -> !line.isBlank()).toList());
        String first = Files.readAllLines(folder.resolve("steps.jsonl")).get(0);
        assertThat(framework(page)).hasSize(6);
        List<Double> shown = numbers(page, "\"probabilities\":\\[([^]]*)]");
        for (int i = 0; i < 6; i++) {
            double ours =
                    new ObjectMapper().readTree(first).at("/probabilities/" + i).asDouble();
            assertThat(ours).isCloseTo(framework(page).get(i), within(5e-6)).isCloseTo(shown.get(i), within(1e-6));
        }
        assertThat(Files.readAllLines(folder.resolve("verdicts.jsonl")))
                .satisfiesExactly(
                        normal -> assertThat(normal).contains("\"anomalous\":false"),
                        anomaly -> assertThat(anomaly).contains("\"minAtStep\":2", "\"anomalous\":true"));
    }

    /** Returns the numbers that the framework printed, from the comment in the tutorial. */
    private static List<Double> framework(String page) throws IOException {
        return numbers(page, "(?m)^# (?:tensor\\()?\\[([^]]*)]");
    }

    /**
     * Returns the numbers that a page has between brackets. Their last digits are those of another machine: kernels
     * agree to about 1e-6.
     */
    private static List<Double> numbers(String page, String pattern) throws IOException {
        Matcher list = Pattern.compile(pattern).matcher(text(page));
        assertThat(list.find()).as(pattern).isTrue();
        return Stream.of(list.group(1).trim().split("[, ]+"))
                .map(Double::valueOf)
                .toList();
    }

    @Test
    void shouldShowThatCarryAndWindowDiffer() throws Exception {
        run("carry-or-window.md");

        assertThat(folder.resolve("carry.jsonl")).exists();
        assertThat(folder.resolve("window.jsonl")).exists();
        assertThat(Files.readAllLines(folder.resolve("window.jsonl"))).hasSize(2);
    }

    @Test
    void shouldCountTheSequencesThatAThresholdFlags() throws Exception {
        assertThat(run("scoring.md")).contains("below 1e-1: ", " of 2, ", "rank above 12: ");
    }
}
