package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application against a broker. Each test has its own application id and topics. */
abstract class ApplicationSuite {
    private static final int PARTITIONS = 8;

    private final Model model = TinyModels.events();
    private final String id = "app-" + UUID.randomUUID();
    private final String input = id + "-events";
    private final String results = id + "-results";
    private final String verdicts = id + "-verdicts";
    private final String deadLetters = id + "-dead-letters";

    @TempDir
    Path directory;

    private Broker broker;

    /** Returns the address of the broker under test. */
    abstract String bootstrapServers();

    @BeforeEach
    void saveModel() {
        broker = new Broker(bootstrapServers());
        ModelFile.save(model, directory.resolve("model.safetensors"));
    }

    private Map<String, String> properties(String instance, Map<String, String> more) {
        Map<String, String> properties = new TreeMap<>(more);
        properties.put("application.id", id);
        properties.put("bootstrap.servers", bootstrapServers());
        properties.put("state.dir", directory.resolve("states-" + instance).toString());
        properties.put("lstm.model", directory.resolve("model.safetensors").toString());
        properties.put("lstm.input.topic", input);
        properties.put("lstm.output.topic", results);
        properties.put("lstm.verdict.topic", verdicts);
        // A killed process must be noticed within seconds.
        properties.putIfAbsent("session.timeout.ms", "6000");
        properties.putIfAbsent("heartbeat.interval.ms", "1500");
        return properties;
    }

    private LstmApplication start(String instance, Map<String, String> more) {
        return LstmApplication.start(LstmStreamsConfig.of(properties(instance, more), Map.of()));
    }

    private JavaProcess startProcess(String instance) throws IOException {
        String lines = properties(instance, Map.of()).entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(directory.resolve(instance + ".properties"), lines);
        return JavaProcess.main(directory, "run", file.toString());
    }

    private void awaitVerdicts(Sessions sessions) {
        broker.read(verdicts, found -> found.size() >= sessions.verdicts().size());
    }

    /** Asserts that every expected record exists, once and in order. */
    private void assertThatAllIsThere(Sessions sessions) {
        Map<String, List<String>> found = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> result : broker.readAll(results)) {
            found.computeIfAbsent(text(result.key()), sequence -> new ArrayList<>())
                    .add(text(result.value()).replaceFirst("\"time\":\\d+,", ""));
        }
        assertThat(found).isEqualTo(sessions.results());

        List<ConsumerRecord<byte[], byte[]>> ends = broker.readAll(verdicts);
        assertThat(ends).hasSameSizeAs(sessions.verdicts().keySet());
        assertThat(ends.stream().collect(Collectors.toMap(end -> text(end.key()), end -> text(end.value()))))
                .isEqualTo(sessions.verdicts());

        assertThat(broker.readAll(deadLetters))
                .extracting(letter ->
                        asSent(letter.key(), letter.value(), letter.headers().lastHeader("number")))
                .containsExactlyInAnyOrderElementsOf(sessions.bad().stream()
                        .map(sent ->
                                asSent(sent.key(), sent.value(), sent.headers().lastHeader("number")))
                        .toList());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static String asSent(byte[] key, byte[] value, Header number) {
        HexFormat hex = HexFormat.of();
        return text(number.value()) + ": " + hex.formatHex(key) + " = " + hex.formatHex(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "header:block"})
    void shouldWriteTheResultsAndVerdictsOfReplay(String sequenceId) throws Exception {
        // Given
        Sessions sessions = new Sessions(model, input, 300, sequenceId.equals("key") ? null : "block");
        broker.createTopic(input, PARTITIONS);

        // When
        try (LstmApplication application =
                start("a", Map.of("lstm.sequence.id", sequenceId, "num.stream.threads", "2"))) {
            broker.send(sessions.records());
            awaitVerdicts(sessions);

            // Then
            assertThat(application.metrics().deadLetters().sum())
                    .isEqualTo(sessions.bad().size());
        }
        assertThatAllIsThere(sessions);
    }

    @Test
    void shouldLoseAndRepeatNothingWhenAnInstanceIsKilled() throws Exception {
        // Given two instances that share the work
        Sessions sessions = new Sessions(model, input, 600, null);
        broker.createTopic(input, PARTITIONS);
        try (LstmApplication survivor = start("a", Map.of());
                JavaProcess victim = startProcess("b")) {
            ProgressTimeout.await("both have partitions", () -> broker.workers(id) == 2);
            broker.send(sessions.records(0, 3));

            // When an instance is killed during its work, and returns
            broker.send(sessions.records(1, 3));
            victim.kill();
            try (JavaProcess again = startProcess("b")) {
                broker.send(sessions.records(2, 3));
                awaitVerdicts(sessions);

                // Then
                assertThat(survivor.isRunning()).isTrue();
                assertThat(again.isAlive()).isTrue();
                again.terminate();
                again.exitCode();
            }
        }
        assertThatAllIsThere(sessions);
    }

    @Test
    void shouldHandOverItsPartitionsWhenItStops() throws Exception {
        // Given two instances whose loss is noticed later than this test waits
        broker.createTopic(input, PARTITIONS);
        Map<String, String> patient = Map.of("session.timeout.ms", "1800000");
        try (LstmApplication staying = start("a", patient);
                LstmApplication leaving = start("b", patient)) {
            ProgressTimeout.await("both have partitions", () -> broker.workers(id) == 2);

            // When
            leaving.close();

            // Then
            ProgressTimeout.await("the other has them all", () -> broker.workers(id) == 1);
            ProgressTimeout.await("it runs", staying::isRunning);
        }
    }

    @Test
    void shouldReserveThePartitionsOfAStaticMemberThatStops() throws Exception {
        // Given
        broker.createTopic(input, PARTITIONS);
        try (LstmApplication application = start("a", Map.of("consumer.group.instance.id", "a"))) {
            ProgressTimeout.await("it has partitions", () -> broker.workers(id) == 1);

            // When
            application.close();

            // Then
            assertThat(broker.workers(id)).isEqualTo(1);
        }
    }

    @Test
    void shouldLoseNothingIfTheStateDirectoryIsLost() throws Exception {
        // Given sequences, many of which have not ended yet
        Sessions sessions = new Sessions(model, input, 200, null);
        broker.createTopic(input, PARTITIONS);
        try (LstmApplication first = start("a", Map.of())) {
            broker.send(sessions.records(0, 2));
            long good = sessions.records(0, 2).stream()
                    .filter(record -> record.value() != null && !sessions.bad().contains(record))
                    .count();
            ProgressTimeout.await(
                    "the processing of the first half",
                    () -> first.metrics().steps().sum() >= good);
        }

        // When
        Path states = directory.resolve("states-a");
        assertThat(states).isDirectory();
        delete(states);
        try (LstmApplication second = start("a", Map.of())) {
            broker.send(sessions.records(1, 2));
            awaitVerdicts(sessions);

            // Then
            assertThat(second.metrics().statesDiscarded().sum()).isZero();
        }
        assertThatAllIsThere(sessions);
    }

    @Test
    void shouldRestoreTheStatesOfItsPartitionsWhoseLocalFilesAreDamaged() throws Exception {
        // Given sequences, many of which have not ended yet
        Sessions sessions = new Sessions(model, input, 200, null);
        broker.createTopic(input, PARTITIONS);
        try (LstmApplication first = start("a", Map.of())) {
            broker.send(sessions.records(0, 2));
            ProgressTimeout.await(
                    "the processing of a half",
                    () -> first.metrics().steps().sum()
                            >= sessions.records(0, 2).size() / 2);
        }

        // When the files of some partitions lose their index, and others get another partition's
        try (Stream<Path> files = Files.walk(directory.resolve("states-a"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.toString();
                if (name.contains("0_1") && name.contains("MANIFEST")) {
                    Files.delete(file);
                } else if (name.contains("0_2") && name.endsWith("CURRENT")) {
                    Files.writeString(file, "nonsense");
                } else if (name.contains("0_3") && name.endsWith(".sst")) {
                    Files.writeString(file, "shorter");
                }
            }
        }
        try (LstmApplication second = start("a", Map.of())) {
            broker.send(sessions.records(1, 2));
            awaitVerdicts(sessions);

            // Then
            assertThat(second.isRunning()).isTrue();
        }
        assertThatAllIsThere(sessions);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldCreateItsOutputTopicsWithThePartitionsOfItsInput() throws Exception {
        // Given
        broker.createTopic(input, 3);

        // When
        try (LstmApplication application = start("a", Map.of())) {
            ProgressTimeout.await("it runs", application::isRunning);

            // Then
            for (String topic : List.of(results, verdicts, deadLetters)) {
                ProgressTimeout.await(topic + " has 3 partitions", () -> broker.partitions(topic) == 3);
            }
        }
    }

    @Test
    void shouldStopWithAOneLineReasonIfUnknownEventsMustFail() throws Exception {
        // Given
        broker.createTopic(input, 1);
        try (LstmApplication application = start("a", Map.of("lstm.unknown.event", "fail"))) {
            // When
            broker.send(List.of(
                    new ProducerRecord<>(input, "a".getBytes(UTF_8), "{\"event\":\"unheard-of\"}".getBytes(UTF_8))));

            // Then
            assertThatThrownBy(application::awaitStop)
                    .isInstanceOf(ApplicationException.class)
                    .hasMessageStartingWith("the stream stopped: ")
                    .hasMessageContaining("the event is not in the model's vocabulary")
                    .hasMessageNotContaining("\n");
            assertThat(application.isRunning()).isFalse();
        }
    }
}
