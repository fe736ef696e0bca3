package io.lstmstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.topology.TinyModels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in this process, with the standard streams replaced. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class CommandLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final InputStream realIn = System.in;
    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    private String model;

    @BeforeEach
    void takeStreams() {
        model = directory.resolve("model.safetensors").toString();
        ModelFile.save(TinyModels.events(), Path.of(model));
        System.setOut(new PrintStream(outBytes, true, UTF_8));
        System.setErr(new PrintStream(errBytes, true, UTF_8));
    }

    @AfterEach
    void giveStreamsBack() {
        System.setOut(realOut);
        System.setErr(realErr);
        System.setIn(realIn);
    }

    private String out() {
        return outBytes.toString(UTF_8);
    }

    private String err() {
        return errBytes.toString(UTF_8);
    }

    private String write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }

    private void assertThatFailsInOneLine(String reason, String... arguments) {
        assertThat(Main.execute(arguments)).isEqualTo(1);
        assertThat(out()).isEmpty();
        assertThat(err().lines())
                .singleElement()
                .asString()
                .startsWith("lstm-streams: ")
                .contains(reason);
    }

    @Test
    void shouldFailInOneLineWithoutAModelFile() {
        assertThatFailsInOneLine(
                "no-such.safetensors",
                "describe",
                directory.resolve("no-such.safetensors").toString());
    }

    @Test
    void shouldFailInOneLineForAnInvalidModelFile() throws IOException {
        String broken = write("broken.safetensors", "this is no model");

        assertThatFailsInOneLine("broken.safetensors", "describe", broken);
    }

    @Test
    void shouldFailInOneLineWithoutAnInput() {
        String missing = directory.resolve("missing.txt").toString();

        assertThatFailsInOneLine(missing + ": no such file", "replay", "--model", model, "--input", missing);
    }

    @Test
    void shouldFailInOneLineWithoutAFolderToImportInto() {
        String output = directory.resolve("no-such/model.safetensors").toString();

        assertThatFailsInOneLine(output + ": its folder does not exist", "import", model, "--output", output);
    }

    @Test
    void shouldFailInOneLineWithoutProperties() {
        String missing = directory.resolve("missing.properties").toString();

        assertThatFailsInOneLine(missing + ": no such file", "run", missing);
    }

    @Test
    void shouldNameTheNearestKeyOfAnUnknownOne() throws IOException {
        String properties = write("app.properties", "lstm.modle=m\nlstm.input.topic=t\nlstm.output.topic=o\n");

        assertThatFailsInOneLine("Unknown key lstm.modle. Did you mean lstm.model?", "run", properties);
    }

    @Test
    void shouldFailInOneLineIfKafkasPartIsMissing() throws IOException {
        String properties = write(
                "app.properties",
                "lstm.model=" + model.replace("\\", "\\\\") + "\nlstm.input.topic=t\nlstm.output.topic=o\n");

        assertThatFailsInOneLine("application.id and bootstrap.servers must be set", "run", properties);
    }

    @Test
    void shouldShowTheUsageOfTheCommandsForStates() throws IOException {
        String properties = write("app.properties", "");

        assertThat(Console.run("state").err()).startsWith("Missing command: get, list, export, import or reset.");
        for (String[] wrong : new String[][] {{}, {"--all", "--prefix", "a"}, {"a", "--all"}, {"a", "--prefix", "a"}}) {
            List<String> arguments = new ArrayList<>(List.of("state", "reset", properties));
            arguments.addAll(List.of(wrong));
            Console console = Console.run(arguments.toArray(String[]::new));
            assertThat(console.code()).isEqualTo(2);
            assertThat(console.err())
                    .startsWith("Select the sequences: by ids, --prefix or --all.")
                    .contains("Usage: lstm-streams state reset");
        }
        assertThat(Console.run("state", "list", properties, "--limit", "-1").code())
                .isEqualTo(2);
        assertThat(Console.run("state", "get", properties).code()).isEqualTo(2);
    }

    @Test
    void shouldFailInOneLineIfTheApplicationOfTheStatesIsUnknown() throws IOException {
        String ours = "lstm.model=m\nlstm.input.topic=t\nlstm.output.topic=o\n";
        String without = write("app.properties", ours);

        assertThatFailsInOneLine(
                "Missing required configuration \"application.id\" which has no default value.",
                "state",
                "list",
                without);
    }

    @Test
    void shouldShowTheStackTraceOnRequest() {
        assertThat(Main.execute(
                        "--verbose", "describe", directory.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err()).contains("\tat io.lstmstreams.cli.DescribeCommand.call");

        errBytes.reset();
        assertThat(Main.execute(
                        "describe", "--verbose", directory.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(err()).contains("\tat io.lstmstreams.cli.DescribeCommand.call");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unheard-of",
                "describe",
                "describe --unheard-of M",
                "replay --model M",
                "replay --model M --input F --format csv",
                "replay --model M --input F --kernel abacus",
                "replay --model M --input F --kernel portable --kernel-weights bfloat16",
                "replay --model M --input F --kernel-weights int8",
                "replay --model M --input F --include everything",
                "import --output M",
                "import S --output M --scoring rank",
                "import S --output M --scoring rank-above=many",
                "run",
                "broker --port many",
                "demo --seconds -1",
                "demo --rate -5",
                "demo --live 0"
            })
    void shouldReportWrongUsage(String arguments) {
        assertThat(Main.execute(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err()).contains("lstm-streams").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "replay --help", "import --help", "describe --help", "run --help"})
    void shouldExplainItself(String arguments) {
        assertThat(Main.execute(arguments.split(" "))).isZero();
        assertThat(out()).contains("lstm-streams");
        assertThat(err()).isEmpty();
    }

    @Test
    void shouldReplaySessionsToFiles() throws IOException {
        // Given
        String sessions = write("sessions.txt", "open read close\nwrite unheard-of write\n\n");
        Path steps = directory.resolve("steps.jsonl");
        Path verdicts = directory.resolve("verdicts.jsonl");

        // When
        int code = Main.execute(
                "replay",
                "--model",
                model,
                "--input",
                sessions,
                "--steps",
                steps.toString(),
                "--verdicts",
                verdicts.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out()).startsWith("5 events in 2 sequences, ");
        assertThat(err()).contains("1 event could not be processed:", "  line 2: ");
        List<String> written = Files.readAllLines(steps);
        assertThat(written).hasSize(5);
        JsonNode third = JSON.readTree(written.get(2));
        assertThat(third.get("sequence").textValue()).isEqualTo("1");
        assertThat(third.get("step").intValue()).isEqualTo(3);
        assertThat(third.get("event").textValue()).isEqualTo("close");
        assertThat(third.has("time")).isFalse();
        assertThat(Files.readAllLines(verdicts))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("{\"sequence\":\"2\",\"steps\":2,\"ended\":\"end-record\",");
    }

    @Test
    void shouldListTheFirstAnomaliesOfAReplayWithoutOutputFiles() throws IOException {
        // Given a model for which everything but the likeliest event is an anomaly
        ModelFile.save(TinyModels.events(new ScoringRule.RankAbove(1)), Path.of(model));
        String sessions = write("sessions.txt", "open read write sync close\n".repeat(12));

        // When
        int code = Main.execute("replay", "--model", model, "--input", sessions);

        // Then
        assertThat(code).isZero();
        List<String> lines = out().lines().toList();
        assertThat(lines).hasSize(12).first().isEqualTo("the first anomaly of 10 anomalous sequences:");
        assertThat(lines.subList(1, 11))
                .allMatch(
                        line -> line.matches(
                                "  sequence \\d+, step \\d: (\\w+, rank \\d|the sequence ends), probability 0\\.\\d+; expected .+, probability 0\\.\\d+"));
        assertThat(lines.get(11)).isEqualTo("60 events in 12 sequences, 12 of them anomalous");
    }

    @Test
    void shouldSayThatAReplayWithoutAScoringRuleJudgesNothing() throws IOException {
        ModelFile.save(TinyModels.events(new ScoringRule.None()), Path.of(model));

        Main.execute("replay", "--model", model, "--input", write("sessions.txt", "open read\n"));

        assertThat(out())
                .startsWith("2 events in 1 sequence; the model has no scoring rule: nothing was judged")
                .hasLineCount(1);
    }

    @Test
    void shouldFailIfNoEventOfAReplayCanBeProcessed() throws IOException {
        String sessions = write("sessions.txt", "unheard-of\nnever-seen\n");

        int code = Main.execute("replay", "--model", model, "--input", sessions);

        assertThat(code).isEqualTo(1);
        assertThat(err().lines())
                .containsExactly(
                        "2 events could not be processed:",
                        "  line 1: the event unheard-of is not in the model's vocabulary",
                        "  line 2: the event never-seen is not in the model's vocabulary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"replay", "demo"})
    void shouldNameTheFormatOfAFileWithoutSessions(String command) throws IOException {
        String lines = write("lines.jsonl", "\n  { \"sequence\":\"1\",\"event\":\"open\"}\n");

        assertThatFailsInOneLine(
                lines + " contains JSON, not sessions: use --format jsonl",
                command,
                "--model",
                model,
                "--input",
                lines);
    }

    @Test
    void shouldReturnTheSameForInterleavedLinesAsForWholeSessions() throws IOException {
        // Given
        String sessions = write("sessions.txt", "open read\nwrite close\n");
        String lines = write("lines.jsonl", """
                {"sequence":"1","event":"open"}
                {"sequence":2,"event":"write"}
                {"sequence":"1","event":1,"end":true}

                {"sequence":"2","event":[0,0,0,0,1,0]}
                {"sequence":"2","end":true}
                {"sequence":"3","event":"open"}
                """);
        Path ofSessions = directory.resolve("a.jsonl");
        Path ofLines = directory.resolve("b.jsonl");

        // When
        Main.execute("replay", "--model", model, "--input", sessions, "--verdicts", ofSessions.toString());
        outBytes.reset();
        int code = Main.execute(
                "replay", "--model", model, "--input", lines, "--format", "jsonl", "--verdicts", ofLines.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out()).startsWith("5 events in 2 sequences").contains("1 more have not ended");
        assertThat(Files.readAllLines(ofLines)).hasSize(2).isEqualTo(Files.readAllLines(ofSessions));
    }

    @Test
    void shouldReplayFromStandardInputToStandardOutput() throws IOException {
        // Given
        System.setIn(new ByteArrayInputStream("open read\n".getBytes(UTF_8)));

        // When
        int code = Main.execute("replay", "--model", model, "--input", "-", "--verdicts", "-");

        // Then nothing but JSON goes to standard output
        assertThat(code).isZero();
        assertThat(out().lines()).hasSize(1);
        assertThat(JSON.readTree(out()).get("steps").intValue()).isEqualTo(2);
        assertThat(err()).startsWith("2 events in 1 sequence, which is ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "file"})
    void shouldKeepTheOrderOfResultsAndVerdictsInOneOutput(String output) throws IOException {
        // Given
        String sessions = write("sessions.txt", "open read\nwrite\n");
        String to = output.equals("-") ? "-" : directory.resolve("all.jsonl").toString();

        // When
        int code = Main.execute("replay", "--model", model, "--input", sessions, "--steps", to, "--verdicts", to);

        // Then
        assertThat(code).isZero();
        List<String> lines = output.equals("-") ? out().lines().toList() : Files.readAllLines(Path.of(to));
        assertThat(lines)
                .extracting(line -> line.contains("\"ended\"") ? "verdict" : "result")
                .startsWith("result", "result", "verdict", "result", "verdict");
    }

    @Test
    void shouldLeaveStandardOutputOpen() throws IOException {
        String sessions = write("sessions.txt", "open\n");

        Main.execute("replay", "--model", model, "--input", sessions, "--steps", "-");
        System.out.print("still open");

        assertThat(out()).endsWith("still open");
    }

    @Test
    void shouldIncludeRequestedPartsInResults() throws IOException {
        // Given
        String sessions = write("sessions.txt", "open\n");

        // When
        int code = Main.execute(
                "replay",
                "--model",
                model,
                "--input",
                sessions,
                "--steps",
                "-",
                "--include",
                "state,gates",
                "--kernel",
                "scalar");

        // Then
        assertThat(code).isZero();
        assertThat(JSON.readTree(out()).at("/gates/1/f")).hasSize(4);
        assertThat(JSON.readTree(out()).at("/state/0/h")).hasSize(3);
    }

    @Test
    void shouldShowTheEffectOfRoundedWeights() throws IOException {
        assumeThat(Kernels.named("auto").name()).isEqualTo("vector");

        // Given
        String sessions = write("sessions.txt", "open open open\n");
        String[] replay = {"replay", "--model", model, "--input", sessions, "--steps", "-", "--include", "probabilities"
        };

        // When
        Main.execute(replay);
        String exact = out();
        outBytes.reset();
        int code = Main.execute(Stream.concat(Stream.of(replay), Stream.of("--kernel-weights", "bfloat16"))
                .toArray(String[]::new));

        // Then
        assertThat(code).isZero();
        assertThat(out()).isNotEqualTo(exact).hasLineCount(3);
        double difference = JSON.readTree(exact).at("/probabilities/0").doubleValue()
                - JSON.readTree(out()).at("/probabilities/0").doubleValue();
        assertThat(difference).isCloseTo(0, within(0.01));
    }

    @Test
    void shouldDescribeAModelToPeople() {
        // When
        int code = Main.execute("describe", model);

        // Then
        assertThat(code).isZero();
        assertThat(out()).contains("layer 0", "layer 1", "3 x 9", "4 x 7", "<end>", "open");
    }

    @Test
    void shouldDescribeAModelToPrograms() throws IOException {
        // When
        int code = Main.execute("describe", model, "--json");

        // Then
        assertThat(code).isZero();
        JsonNode description = JSON.readTree(out());
        assertThat(description.get("fingerprint").textValue()).hasSize(64);
        assertThat(description.get("stateBytesPerSequence").intValue()).isEqualTo(95 + 2 * (3 + 4) * 4);
        assertThat(description.at("/sizes/layers/0/gates/f/W")).hasToString("[3,9]");
        assertThat(description.at("/sizes/layers/1/xh").intValue()).isEqualTo(7);
        assertThat(description.at("/scoring/rule").textValue()).isEqualTo("rank-above");
        assertThat(description.at("/input/end").textValue()).isEqualTo("<end>");
    }
}
