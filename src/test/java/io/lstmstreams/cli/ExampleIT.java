package io.lstmstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution's example, as the README uses it: import, replay, run, send and read. */
class ExampleIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLE = Path.of("src", "main", "dist", "example");

    @TempDir
    private static Path folder;

    private static EmbeddedBroker broker;
    private static Path configuration;

    @BeforeAll
    static void prepare() throws IOException {
        broker = EmbeddedBroker.start(0, folder.resolve("broker"));
        Properties properties = new Properties();
        try (var in = Files.newInputStream(EXAMPLE.resolve("app.properties"))) {
            properties.load(in);
        }
        properties.setProperty("bootstrap.servers", broker.bootstrapServers());
        properties.setProperty("lstm.model", folder.resolve("model.safetensors").toString());
        properties.setProperty("state.dir", folder.resolve("state").toString());
        configuration = folder.resolve("app.properties");
        try (var out = Files.newOutputStream(configuration)) {
            properties.store(out, null);
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static String example(String file) {
        return EXAMPLE.resolve(file).toString();
    }

    private static List<JsonNode> read(String... options) {
        Console read = Console.run(Stream.concat(Stream.of("read", configuration.toString()), Stream.of(options))
                .toArray(String[]::new));
        assertThat(read.code()).as(read.err()).isZero();
        return read.out().lines().map(ExampleIT::json).toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }

    /** Returns records without their times, which a replay does not know, by sequence and kind. */
    private static Set<String> timeless(Stream<JsonNode> records) {
        return records.map(record ->
                        ((ObjectNode) record.deepCopy()).without("time").toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldGiveTheResultsOfAReplayOnATopic() throws Exception {
        // Given the model of the example, imported from its state_dict, and a replay of the example's sessions
        String model = folder.resolve("model.safetensors").toString();
        Console imported = Console.run(
                "import",
                example("state_dict.safetensors"),
                "--vocabulary",
                example("events.txt"),
                "--end-symbol",
                "<end>",
                "--scoring",
                "probability-below=0.0002",
                "--output",
                model);
        assertThat(imported.code()).as(imported.err()).isZero();
        Path replayed = folder.resolve("replayed.jsonl");
        Console replay = Console.run(
                "replay",
                "--model",
                model,
                "--input",
                example("sessions.txt"),
                "--steps",
                replayed.toString(),
                "--verdicts",
                replayed.toString());
        assertThat(replay.out()).contains("377 events in 20 sequences, 2 of them anomalous");

        // When the application runs, and the same sessions are sent, one event that does not exist, and an early end
        LstmStreamsConfig config = LstmStreamsConfig.of(properties(), Map.of());
        try (LstmApplication application = LstmApplication.start(config)) {
            Console sent = Console.run("send", configuration.toString(), "--input", example("sessions.txt"));
            assertThat(sent.out())
                    .isEqualToIgnoringNewLines("sent 377 events and the ends of 20 sequences to the topic events");
            Console more = Console.run(
                    "send",
                    configuration.toString(),
                    "--sequence",
                    "blk_1",
                    "--event",
                    "E5",
                    "--event",
                    "E99",
                    "--end");
            assertThat(more.out())
                    .isEqualToIgnoringNewLines("sent 2 events and the end of 1 sequence to the topic events");
            ProgressTimeout.await(
                    "verdicts",
                    () -> read("--verdicts").size(),
                    () -> read("--verdicts").size() == 21);
        }

        // Then everything that was written can be read, and equals the replay
        List<JsonNode> all = read();
        assertThat(all).hasSize(377 + 20 + 1 + 1 + 1);
        assertThat(timeless(all.stream()
                        .filter(record -> !record.path("sequence").asText().equals("blk_1"))))
                .isEqualTo(timeless(Files.readAllLines(replayed).stream().map(ExampleIT::json)));
        assertThat(read("--results")).hasSize(378);
        assertThat(read("--dead-letters")).singleElement().satisfies(letter -> {
            assertThat(letter.at("/deadLetter/value").asText()).isEqualTo("{\"event\":\"E99\"}");
            assertThat(letter.at("/deadLetter/reason").asText()).contains("not in the model's vocabulary");
        });
        List<JsonNode> own = all.stream()
                .filter(record -> record.path("sequence").asText().equals("blk_1"))
                .toList();
        assertThat(own.get(0).path("step").asInt()).isEqualTo(1);
    }

    private static Map<String, String> properties() throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(configuration)) {
            properties.load(in);
        }
        Map<String, String> map = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));
        return map;
    }
}
