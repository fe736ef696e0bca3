package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The distribution as users run it: its launcher, in separate processes. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class CommandLineIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path LAUNCHER = Path.of(
                    System.getProperty("test.distribution", "target/lstm-streams"), "bin", "lstm-streams")
            .toAbsolutePath();

    @TempDir
    Path directory;

    private JavaProcess launch(Map<String, String> environment, String input, String... arguments) {
        return launch(LAUNCHER, environment, input, arguments);
    }

    private JavaProcess launch(Path launcher, Map<String, String> environment, String input, String... arguments) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        all.putIfAbsent("JAVA_OPTS", "");
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(Arrays.asList(arguments));
        return JavaProcess.start(directory, all, input, command);
    }

    /** Returns standard error without Java's own warnings, such as the one about incubator modules. */
    private static List<String> said(JavaProcess process) {
        return process.err()
                .lines()
                .filter(line -> !line.startsWith("WARNING: "))
                .toList();
    }

    private String model() {
        Path model = directory.resolve("model.safetensors");
        ModelFile.save(TinyModels.events(), model);
        return model.toString();
    }

    @Test
    void shouldImportDescribeAndReplayAStateDict() throws Exception {
        // Given a state_dict of an LSTM with 2 units over 3 inputs and a dense layer, as PyTorch names them
        Path source = directory.resolve("state_dict.safetensors");
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("lstm.weight_ih_l0", new int[] {8, 3});
        shapes.put("lstm.weight_hh_l0", new int[] {8, 2});
        shapes.put("lstm.bias_ih_l0", new int[] {8});
        shapes.put("lstm.bias_hh_l0", new int[] {8});
        shapes.put("fc.weight", new int[] {3, 2});
        shapes.put("fc.bias", new int[] {3});
        Files.write(source, safetensors(shapes));
        Path vocabulary = Files.writeString(directory.resolve("events.txt"), "red\ngreen\n");
        String imported = directory.resolve("imported.safetensors").toString();

        // When
        try (JavaProcess importing = launch(
                Map.of(),
                "",
                "import",
                source.toString(),
                "--output",
                imported,
                "--vocabulary",
                vocabulary.toString(),
                "--end-symbol",
                "<end>",
                "--scoring",
                "probability-below=0.0002")) {
            assertThat(importing.exitCode()).as(importing.err()).isZero();
            assertThat(importing.out()).startsWith("wrote " + imported);
        }

        // Then
        try (JavaProcess describing = launch(Map.of(), "", "describe", "--json", imported)) {
            assertThat(describing.exitCode()).as(describing.err()).isZero();
            JsonNode description = JSON.readTree(describing.out());
            assertThat(description.at("/layers/0/units").intValue()).isEqualTo(2);
            assertThat(description.at("/input/vocabulary")).hasSizeGreaterThanOrEqualTo(2);
            assertThat(description.at("/input/end").textValue()).isEqualTo("<end>");
            assertThat(description.at("/scoring/probability").doubleValue()).isEqualTo(0.0002);
            assertThat(said(describing)).isEmpty();
        }
        try (JavaProcess replaying = launch(
                Map.of(), "red green red\ngreen\n", "replay", "--model", imported, "--input", "-", "--steps", "-")) {
            assertThat(replaying.exitCode()).as(replaying.err()).isZero();
            assertThat(replaying.out().lines()).hasSize(4).allMatch(line -> line.startsWith("{\"sequence\":\""));
            assertThat(said(replaying)).containsExactly("4 events in 2 sequences, 0 of them anomalous");
        }
    }

    /**
     * Returns a file of float32 tensors with small numbers, written by the format's specification and not by our own
     * writer.
     */
    private static byte[] safetensors(Map<String, int[]> shapes) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        List<String> entries = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            int begin = data.position();
            int length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            for (int i = 0; i < length; i++) {
                data.putFloat((float) Math.sin(begin + 7 * i));
            }
            String dimensions = Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(","));
            entries.add("\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                    .formatted(name, dimensions, begin, data.position()));
        });
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        file.write(header);
        file.write(data.array(), 0, data.position());
        return file.toByteArray();
    }

    @Test
    void shouldFailInOneLineOnStandardError() throws Exception {
        try (JavaProcess process = launch(Map.of(), "", "describe", "no-such.safetensors")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(said(process))
                    .singleElement()
                    .asString()
                    .startsWith("lstm-streams: ")
                    .contains("no-such.safetensors");
            assertThat(process.out()).isEmpty();
        }
    }

    @Test
    void shouldEndWithTwoWhenItIsWronglyUsed() throws Exception {
        try (JavaProcess process = launch(Map.of(), "", "unheard-of")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.err()).contains("lstm-streams");
        }
    }

    @Test
    void shouldRunThroughLinksAndFromAnotherDirectory() throws Exception {
        // Given a link to a link, and a working directory that is not the distribution's
        Path first = Files.createSymbolicLink(directory.resolve("first"), LAUNCHER);
        Path nested = Files.createDirectories(directory.resolve("with blank/bin"));
        Path second = Files.createSymbolicLink(nested.resolve("lstm-streams"), nested.relativize(first));

        // When
        try (JavaProcess process = launch(second, Map.of(), "", "--version")) {

            // Then
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out()).startsWith("lstm-streams ").contains("Java ");
        }
        List<String> fromRoot = List.of("sh", "-c", "cd / && exec \"$0\" --version", LAUNCHER.toString());
        try (JavaProcess process =
                JavaProcess.start(directory, Map.of("JAVA_HOME", System.getProperty("java.home")), "", fromRoot)) {
            assertThat(process.exitCode()).as(process.err()).isZero();
        }
    }

    @Test
    void shouldRunThroughALinkToItsFolder() throws Exception {
        // Given
        Path bin = Files.createSymbolicLink(directory.resolve("bin"), LAUNCHER.getParent());

        // When
        try (JavaProcess process = launch(bin.resolve("lstm-streams"), Map.of(), "", "--version")) {

            // Then
            assertThat(process.exitCode()).as(process.err()).isZero();
            assertThat(process.out()).startsWith("lstm-streams ");
        }
    }

    @Test
    void shouldHonourJavaOptsAfterItsOwn() throws Exception {
        Map<String, String> options = Map.of("JAVA_OPTS", "-XshowSettings:properties -Dlstm.seen.by.test=yes");
        try (JavaProcess process = launch(options, "", "describe", model())) {
            assertThat(process.exitCode()).isZero();
            assertThat(process.err()).contains("lstm.seen.by.test = yes");
        }
    }

    @Test
    void shouldReportInOneLineThatJavaIsMissing() throws Exception {
        try (JavaProcess process = launch(Map.of("JAVA_HOME", "/no/such/java"), "", "--version")) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(said(process))
                    .singleElement()
                    .asString()
                    .startsWith("lstm-streams: ")
                    .contains("/no/such/java");
        }
    }

    /** Returns the properties of an application whose brokers' port nobody listens at. */
    private Path unreachable(int port) throws IOException {
        return Files.writeString(directory.resolve("app.properties"), """
                application.id=unreachable
                bootstrap.servers=127.0.0.1:%d
                admin.default.api.timeout.ms=6000
                admin.request.timeout.ms=3000
                lstm.model=%s
                lstm.input.topic=events
                lstm.output.topic=results
                """.formatted(port, model()));
    }

    @Test
    void shouldReportInOneLineThatNoBrokerAnswers() throws Exception {
        // Given
        int port = freePort();
        Path properties = unreachable(port);

        // When Kafka's own log is off
        Map<String, String> options = Map.of("JAVA_OPTS", "-Dlstm.log=OFF -Dlstm.log.kafka=OFF");
        try (JavaProcess process = launch(options, "", "run", properties.toString())) {

            // Then
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(said(process))
                    .singleElement()
                    .asString()
                    .startsWith("lstm-streams: no broker answers at 127.0.0.1:" + port + " (bootstrap.servers): ");
            assertThat(process.out()).isEmpty();
        }
    }

    @Test
    void shouldLogJsonOnRequest() throws Exception {
        // Given
        Path properties = unreachable(freePort());

        // When
        Map<String, String> options = Map.of("JAVA_OPTS", "-Dlstm.log.format=json");
        try (JavaProcess process = launch(options, "", "run", properties.toString())) {

            // Then each line is JSON, except the last one, which has the reason of the failure
            assertThat(process.exitCode()).isEqualTo(1);
            List<String> said = said(process);
            assertThat(said.get(said.size() - 1)).startsWith("lstm-streams: no broker answers");
            List<String> loggers = new ArrayList<>();
            for (String line : said.subList(0, said.size() - 1)) {
                JsonNode entry = JSON.readTree(line);
                assertThat(entry.at("/@timestamp").asText()).endsWith("Z");
                assertThat(entry.at("/log.level").asText()).isIn("INFO", "WARN");
                assertThat(entry.at("/message").asText()).isNotBlank();
                loggers.add(entry.at("/log.logger").asText());
            }
            // And one line says what is waited for, none that a connection failed
            assertThat(loggers).containsExactly("io.lstmstreams.kernel.Kernels", "io.lstmstreams.runtime.Brokers");
        }
    }

    @Test
    void shouldReportTheEventsThatTheDemoCouldNotProcess() throws Exception {
        Path sessions = Files.writeString(directory.resolve("sessions.txt"), "E5 E22 unheard-of E5\nE5 never-seen\n");

        Map<String, String> options = Map.of("JAVA_OPTS", "-Dlstm.log=DEBUG -Dlstm.log.format=json");
        try (JavaProcess demo = launch(options, "", "demo", "--input", sessions.toString())) {
            assertThat(demo.exitCode()).as(demo.err()).isZero();
            assertThat(demo.out())
                    .contains("4 events in ")
                    .contains("2 events could not be processed, the first: the event is not in the model's vocabulary");

            // And the log names them as JSON, without their contents
            List<String> warnings = new ArrayList<>();
            for (String line : said(demo)) {
                JsonNode entry = JSON.readTree(line);
                assertThat(entry.toString()).doesNotContain("unheard-of", "never-seen");
                if (entry.at("/log.level").asText().equals("WARN")) {
                    warnings.add(entry.at("/message").asText());
                }
            }
            assertThat(warnings).anyMatch(warning -> warning.contains("offset "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"starting a Kafka broker", "dashboard http://"})
    void shouldStopTheDemoOnCtrlC(String state) throws Exception {
        // Given
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        Map<String, String> options = Map.of("JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        try (JavaProcess demo = launch(options, "", "demo")) {
            ProgressTimeout.await(state, demo::progress, () -> demo.out().contains(state));

            // When
            new ProcessBuilder("kill", "-INT", Long.toString(demo.pid()))
                    .start()
                    .waitFor();

            // Then it says so, and nothing is left of it
            assertThat(demo.exitCode()).isEqualTo(130);
            assertThat(demo.out()).contains("stopping");
            assertThat(said(demo)).isEmpty();
        }
        assertThat(temporary).isDirectoryNotContaining("glob:**lstm-streams-demo*");
    }

    @Test
    void shouldFailIfTheDemoCouldProcessNothing() throws Exception {
        Path sessions = Files.writeString(directory.resolve("sessions.txt"), "unheard-of never-seen\n");

        try (JavaProcess demo = launch(Map.of(), "", "demo", "--input", sessions.toString())) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.err())
                    .endsWith(
                            "lstm-streams: 2 events could not be processed, the first: the event is not in the model's"
                                    + " vocabulary\n");
            assertThat(demo.out()).doesNotContain("exactly once");
        }
    }

    @Test
    void shouldSendTheDemosEventsToAnotherCluster() throws Exception {
        // Given
        Path sessions = Files.writeString(directory.resolve("sessions.txt"), "E5 E22 E5\nE5 E22\n");
        try (EmbeddedBroker broker = EmbeddedBroker.startTemporary(0)) {

            // When
            String[] command = {"demo", "--bootstrap-servers", broker.bootstrapServers(), "--input", sessions.toString()
            };
            try (JavaProcess source = launch(Map.of(), "", command)) {
                assertThat(source.exitCode()).as(source.err()).isZero();
                assertThat(source.out()).endsWith("7 records sent\n");
            }

            // Then
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
                admin.describeTopics(List.of("events")).topicNameValues().get("events").get().partitions().stream()
                        .map(partition -> new TopicPartition("events", partition.partition()))
                        .forEach(partition -> ends.put(partition, OffsetSpec.latest()));
                assertThat(admin.listOffsets(ends).all().get().values().stream()
                                .mapToLong(ListOffsetsResultInfo::offset)
                                .sum())
                        .isEqualTo(7);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void shouldRunOnTheBrokerThatWasStartedJustBefore() throws Exception {
        // Given a broker without any topic, which may not listen yet
        int port = freePort();
        Path properties = Files.writeString(
                directory.resolve("app.properties"), """
                application.id=my-model
                bootstrap.servers=localhost:%d
                state.dir=%s
                lstm.model=%s
                lstm.input.topic=events
                lstm.output.topic=results
                lstm.verdict.topic=verdicts
                """.formatted(port, directory.resolve("state"), model()));
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        Map<String, String> options = Map.of("JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        try (JavaProcess broker = launch(options, "", "broker", "--port", Integer.toString(port))) {

            // When
            try (JavaProcess application = launch(Map.of(), "", "run", properties.toString())) {

                // Then
                awaitText("RUNNING (was REBALANCING)", application);
                assertThat(application.err()).doesNotContain("processing.exception.handler.global.enabled");
                application.terminate();
                application.exitCode();
            }
            broker.terminate();
            broker.exitCode();
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void shouldLeaveNoFolderBehindIfTheBrokersPortIsInUse() throws Exception {
        // Given
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        Map<String, String> options = Map.of("JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            // When
            try (JavaProcess broker = launch(options, "", "broker", "--port", port)) {

                // Then
                assertThat(broker.exitCode()).isEqualTo(1);
                assertThat(said(broker)).singleElement().asString().contains("cannot listen on 127.0.0.1:" + port);
            }
        }
        assertThat(temporary).isEmptyDirectory();
    }

    private static void awaitText(String text, JavaProcess process) throws Exception {
        ProgressTimeout.await(
                "\"" + text + "\"",
                process::progress,
                () -> !process.isAlive() || process.err().contains(text));
        assertThat(process.err()).contains(text);
    }
}
