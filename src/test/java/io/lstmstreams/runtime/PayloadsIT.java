package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, values and headers of records, valid and invalid, are neither in the log nor in the message of a failure. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class PayloadsIT {
    private static final String MARKER = "M4RK3R";
    private static EmbeddedBroker embedded;
    private static Broker broker;

    @TempDir
    Path directory;

    private String id;

    @BeforeAll
    static void startBroker(@TempDir Path data) {
        embedded = EmbeddedBroker.start(0, data);
        broker = new Broker(embedded.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        embedded.close();
    }

    private JavaProcess run(String... keysAndValues) throws IOException {
        ModelFile.save(TinyModels.events(), directory.resolve("model.safetensors"));
        Map<String, String> properties = new HashMap<>(Map.of(
                "application.id",
                id,
                "bootstrap.servers",
                embedded.bootstrapServers(),
                "state.dir",
                directory.resolve("states").toString(),
                "lstm.model",
                directory.resolve("model.safetensors").toString(),
                "lstm.input.topic",
                id + "-events",
                "lstm.output.topic",
                id + "-results",
                "lstm.verdict.topic",
                id + "-verdicts"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        String lines = properties.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(directory.resolve("app.properties"), lines);
        Map<String, String> chatty = Map.of("JAVA_OPTS", "-Dlstm.log=DEBUG -Dlstm.log.kafka=DEBUG");
        return JavaProcess.launcher(directory, chatty, "--verbose", "run", file.toString());
    }

    private ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(id + "-events", key == null ? null : key.getBytes(UTF_8), value);
        record.headers().add("header-" + MARKER, ("value-" + MARKER).getBytes(UTF_8));
        record.headers().add("id", ("id-" + MARKER).getBytes(UTF_8));
        return record;
    }

    private ProducerRecord<byte[], byte[]> record(String value) {
        return record("key-" + MARKER, value.getBytes(UTF_8));
    }

    private List<ProducerRecord<byte[], byte[]>> good() {
        String id = "\"id\":\"field-" + MARKER + "\",\"note\":\"" + MARKER + "\"";
        return List.of(
                record("{\"event\":\"open\"," + id + "}"),
                record("{\"event\":\"read\"," + id + "}"),
                record("{\"event\":\"close\",\"end\":true," + id + "}"));
    }

    /** Returns one bad record of each kind. */
    private List<ProducerRecord<byte[], byte[]>> bad() {
        byte[] large = "[".repeat(1_000_000).getBytes(UTF_8);
        byte[] name = MARKER.getBytes(UTF_8);
        System.arraycopy(name, 0, large, large.length - name.length, name.length);
        List<ProducerRecord<byte[], byte[]>> bad = new ArrayList<>(List.of(
                record(MARKER),
                record("{\"event\":\"" + MARKER),
                record("{\"event\":\"" + MARKER + "\"}"),
                record("{\"" + MARKER + "\":1,\"" + MARKER + "\":2}"),
                record("{\"event\":{\"" + MARKER + "\":\"" + MARKER + "\"}}"),
                record("{\"event\":[1,\"" + MARKER + "\"]}"),
                record("{\"event\":\"open\",\"end\":\"" + MARKER + "\"}"),
                record("{\"event\":\"open\"} " + MARKER),
                record("{\"event\":12345678901234567890, \"x\":\"" + MARKER + "\"}"),
                record(null, ("{\"event\":\"" + MARKER + "\"}").getBytes(UTF_8)),
                record(MARKER.repeat(6_000), "{\"event\":\"open\"}".getBytes(UTF_8)),
                record("key-" + MARKER, large)));
        ProducerRecord<byte[], byte[]> mark = record("{\"event\":\"open\"}");
        mark.headers().add("lstm.sequence", MARKER.getBytes(UTF_8));
        bad.add(mark);
        return bad;
    }

    /** Asserts that the output contains the secret neither as text nor as bytes in hexadecimal or as a list. */
    private static void assertThatNothingIsTold(JavaProcess process) {
        byte[] bytes = MARKER.getBytes(UTF_8);
        String list = Arrays.toString(bytes);
        for (String said : List.of(process.err(), process.out())) {
            assertThat(said)
                    .doesNotContain(MARKER)
                    .doesNotContainIgnoringCase(HexFormat.of().formatHex(bytes))
                    .doesNotContain(list.substring(1, list.length() - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "header:id", "field:/id"})
    void shouldNotShowRecordsThatAreSteppedOrRefused(String sequenceId) throws Exception {
        // Given
        id = "shown-" + sequenceId.substring(0, 3);
        broker.createTopic(id + "-events", 1);
        broker.send(bad());
        broker.send(good());

        // When
        try (JavaProcess process = run("lstm.sequence.id", sequenceId)) {
            ProgressTimeout.await(
                    "a verdict",
                    process::progress,
                    () -> !process.isAlive() || broker.topics().contains(id + "-verdicts"));
            assertThat(process.isAlive()).as(process.err()).isTrue();
            broker.read(id + "-verdicts", found -> !found.isEmpty());
            process.terminate();
            process.exitCode();

            // Then
            assertThat(broker.readAll(id + "-dead-letters")).hasSizeGreaterThanOrEqualTo(bad().size() - 3);
            assertThat(process.err()).contains("sent to " + id + "-dead-letters", "StreamsConfig values");
            assertThatNothingIsTold(process);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "unknown, lstm.unknown.event, fail, the event is not in the model's vocabulary",
        "too-small, producer.max.request.size, 100, max.request.size must be at least"
    })
    void shouldNotShowTheRecordThatStopsIt(String name, String key, String value, String says) throws Exception {
        // Given
        id = "stops-" + name;
        broker.createTopic(id + "-events", 1);
        broker.send(good().subList(0, 2));
        broker.send(List.of(record("{\"event\":\"" + MARKER + "\"}")));

        // When
        try (JavaProcess process = run(key, value)) {

            // Then
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.err()).contains(says).contains("\tat ");
            assertThatNothingIsTold(process);
        }
    }

    @Test
    void shouldNotShowSequencesWhoseStatesCannotBeRead() throws Exception {
        // Given states of another model
        id = "states";
        broker.createTopic(id + "-events", 1);
        ModelFile.save(TinyModels.events(7), directory.resolve("other.safetensors"));
        broker.send(good().subList(0, 1));
        try (JavaProcess process =
                run("lstm.model", directory.resolve("other.safetensors").toString())) {
            broker.read(id + "-results", found -> !found.isEmpty());
            process.terminate();
            process.exitCode();
        }

        // When
        broker.send(good());
        try (JavaProcess process = run()) {
            broker.read(id + "-verdicts", found -> !found.isEmpty());
            process.terminate();
            process.exitCode();

            // Then
            assertThat(process.err()).contains("the stored state of a sequence belongs to another model");
            assertThatNothingIsTold(process);
        }
    }
}
