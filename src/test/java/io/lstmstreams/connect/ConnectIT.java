package io.lstmstreams.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.demo.Demo;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.replay.Replay;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of sessions is the input, and the verdicts are files: with a broker, the application, and a Connect worker
 * that has the unchanged files of connect-config. The worker is a separate process with Connect's classes only, in a
 * folder that looks like Kafka's; it loads our transform from its folder in the distribution.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the worker is started by a shell")
class ConnectIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CONFIG = Path.of("connect-config").toAbsolutePath();
    private static final Path DISTRIBUTION = Path.of(System.getProperty("test.distribution", "target/lstm-streams"))
            .toAbsolutePath();

    /**
     * Two normal sequences, one that stops too early, and one with an event at the wrong place; the last one has not
     * ended.
     */
    private static final Map<String, String> SESSIONS = Map.of(
            "blk_1", "E5 E5 E5 E22 E11 E9 E11 E9 E11 E9 E26 E26 E26 E23 E23 E23 E21 E21 E21 <end>",
            "blk_2", "E22 E5 E5 E5 E11 E9 E11 E9 E11 E9 E26 E26 E26 <end>",
            "blk_3", "E5 E22 <end>",
            "blk_4", "E5 E5 E22 E5 E11 E20 E9 E11 E9 <end>",
            "blk_5", "E5 E5");

    @TempDir
    private Path directory;

    private Path kafka; // a folder like that of Kafka's distribution
    private Path files;
    private Path model;
    private int port;
    private EmbeddedBroker broker;
    private LstmApplication application;

    @BeforeEach
    void start() throws Exception {
        files = Files.createDirectory(directory.resolve("files"));
        model = directory.resolve("hdfs.safetensors");
        try (InputStream in = Demo.class.getResourceAsStream("hdfs.safetensors")) {
            Files.copy(in, model);
        }
        kafka = directory.resolve("kafka");
        Path libs = Files.createDirectories(kafka.resolve("libs"));
        Path connectFile = Path.of(jars(jar -> jar.startsWith("connect-file-")).get(0));
        Files.copy(connectFile, libs.resolve(connectFile.getFileName()));
        copy(DISTRIBUTION.resolve("connect"), Files.createDirectory(kafka.resolve("plugins")));
        port = freePort();
        broker = EmbeddedBroker.start(0, directory.resolve("broker"), Map.of("num.partitions", 2));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("events", 2, (short) 1)))
                    .all()
                    .get();
        }
        application = LstmApplication.start(LstmStreamsConfig.of(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "application.id", "connected",
                        "state.dir", directory.resolve("state").toString(),
                        "lstm.model", model.toString(),
                        "lstm.input.topic", "events",
                        "lstm.output.topic", "results",
                        "lstm.verdict.topic", "verdicts",
                        "errors.dead.letter.queue.topic.name", "dead-letters"),
                Map.of()));
        application.awaitRunning(ProgressTimeout.LIMIT);
    }

    @AfterEach
    void stop() {
        if (application != null) {
            application.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private static List<String> jars(Predicate<String> name) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> name.test(Path.of(entry).getFileName().toString()))
                .toList();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns the interleaved events of the sequences, one a line, as events-from-file.json reads them. */
    private static List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (Map.Entry<String, String> session : SESSIONS.entrySet()) {
                String[] events = session.getValue().split(" ");
                if (i < events.length) {
                    lines.add(session.getKey() + " " + events[i]);
                }
            }
        }
        return lines;
    }

    /** Starts a worker with the command in the documentation. */
    private JavaProcess worker(String main, String... arguments) {
        String classPath = String.join(
                File.pathSeparator,
                jars(jar ->
                        jar.endsWith(".jar") && !jar.startsWith("connect-file-") && !jar.startsWith("lstm-streams")));
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "cd \"$0\" && exec \"$@\"",
                kafka.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classPath,
                main));
        Stream.of(arguments).map(file -> CONFIG.resolve(file).toString()).forEach(command::add);
        return JavaProcess.start(
                directory,
                Map.of(
                        "LSTM_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                        "LSTM_LISTENERS", "http://localhost:" + port,
                        "LSTM_FILES", files.toString(),
                        "LSTM_MODEL", model.toString()),
                "",
                command);
    }

    private HttpResponse<String> rest(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A condition to wait for. */
    private interface Check {
        boolean holds() throws Exception;
    }

    private static void await(JavaProcess worker, Check check) throws Exception {
        ProgressTimeout.await("an answer of the worker", worker::progress, () -> !worker.isAlive() || holds(check));
        assertThat(worker.isAlive())
                .as(() -> "the worker has ended; it said: " + worker.out() + worker.err())
                .isTrue();
    }

    private static boolean holds(Check check) throws Exception {
        try {
            return check.holds();
        } catch (IOException e) {
            return false; // nobody listens yet, or the file does not exist yet
        }
    }

    private List<String> read(String file) throws IOException {
        return Files.readAllLines(files.resolve(file));
    }

    /** Returns replay's verdicts on the sessions that have ended, and the number of events. */
    private Set<String> expectedVerdicts() throws IOException {
        String input = lines().stream()
                .map(line -> line.split(" "))
                .map(line -> line[1].equals("<end>")
                        ? "{\"sequence\":\"" + line[0] + "\",\"end\":true}\n"
                        : "{\"sequence\":\"" + line[0] + "\",\"event\":\"" + line[1] + "\"}\n")
                .collect(Collectors.joining());
        var loaded = ModelFile.load(model.toString());
        OutputJson json = new OutputJson(loaded.vocabulary());
        Set<String> verdicts = new TreeSet<>();
        new Replay(loaded, Kernels.auto(), 3, Set.of(), output -> {
                    if (output instanceof Verdict verdict) {
                        verdicts.add(new String(json.write(verdict), StandardCharsets.UTF_8));
                    }
                })
                .jsonLines(new LineReader(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))));
        assertThat(verdicts).hasSize(4);
        return verdicts;
    }

    @Test
    void shouldTurnAFileOfSessionsIntoAFileOfVerdicts() throws Exception {
        // Given
        Files.write(files.resolve("events.txt"), lines());

        // When
        try (JavaProcess worker = worker(
                "org.apache.kafka.connect.cli.ConnectStandalone",
                "worker-standalone.properties",
                "events-from-file.json",
                "results-to-file.json",
                "verdicts-to-file.json",
                "dead-letters-to-file.json")) {

            // Then
            await(
                    worker,
                    () -> read("verdicts.jsonl").size() >= 4
                            && read("results.jsonl").size() >= lines().size() - 4);
            assertThat(read("results.jsonl")).hasSize(lines().size() - 4);
            assertThat(new TreeSet<>(read("verdicts.jsonl"))).isEqualTo(expectedVerdicts());
            assertThat(JSON.readTree(read("verdicts.jsonl").stream()
                                    .filter(verdict -> verdict.contains("blk_4"))
                                    .findFirst()
                                    .orElseThrow())
                            .at("/anomalous")
                            .booleanValue())
                    .isTrue();

            // When another producer sends a value that is not an event
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("events", "blk_6", "no json"))
                        .get();
            }

            // Then
            await(worker, () -> !read("dead-letters.jsonl").isEmpty());
            assertThat(read("dead-letters.jsonl")).singleElement().satisfies(line -> {
                JsonNode letter = JSON.readTree(line);
                assertThat(letter.at("/reason").asText()).isNotBlank();
                assertThat(letter.at("/topic").asText()).isEqualTo("events");
                assertThat(letter.at("/key").asText()).isEqualTo("blk_6");
                assertThat(letter.at("/value").asText()).isEqualTo("no json");
            });
        }
    }

    @Test
    void shouldTreatUnknownEventsByErrorsTolerance() throws Exception {
        // Given a worker that shares its connectors with others
        Files.write(files.resolve("events.txt"), List.of("blk_7 E5", "blk_7 E99", "blk_7 E22", "blk_7 <end>"));
        try (JavaProcess worker =
                worker("org.apache.kafka.connect.cli.ConnectDistributed", "worker-distributed.properties")) {
            await(worker, () -> rest("GET", "/connectors", "").statusCode() == 200);
            for (String connector : List.of("events-from-file", "verdicts-to-file")) {
                HttpResponse<String> made =
                        rest("POST", "/connectors", Files.readString(CONFIG.resolve(connector + ".json")));
                assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            }

            // When, then: with the unchanged file, it stops at an unknown event and states why
            String status = "/connectors/events-from-file/status";
            await(worker, () -> rest("GET", status, "").body().contains("\"FAILED\""));
            assertThat(rest("GET", status, "").body())
                    .contains("DataException", "the event is not in the model's vocabulary")
                    .doesNotContain("E99");

            // When errors.tolerance is all
            JsonNode config = JSON.readTree(
                            CONFIG.resolve("events-from-file.json").toFile())
                    .at("/config");
            ((ObjectNode) config).put("errors.tolerance", "all");
            assertThat(rest("PUT", "/connectors/events-from-file/config", config.toString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(rest("POST", "/connectors/events-from-file/restart?includeTasks=true", "")
                            .statusCode())
                    .isLessThan(300);

            // Then
            await(worker, () -> !read("verdicts.jsonl").isEmpty());
            assertThat(JSON.readTree(read("verdicts.jsonl").get(0)).at("/steps").intValue())
                    .isEqualTo(2);
        }
    }
}
