package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.runtime.StateAdministration.Found;
import io.lstmstreams.runtime.StateAdministration.Listed;
import io.lstmstreams.statetopic.SequenceFilter;
import io.lstmstreams.statetopic.StateRecord;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The states of a running application, and of an application that is stopped and started again. */
class StateAdministrationIT {
    private static final int PARTITIONS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOT_UTF_8 = {(byte) 0xff, 1};

    private static EmbeddedBroker embedded;

    private String id = "states-" + UUID.randomUUID();
    private final Map<String, Integer> results = new HashMap<>(); // events sent, by application

    @TempDir
    private Path directory;

    private Broker broker;

    @BeforeAll
    static void startBroker(@TempDir Path data) {
        embedded = EmbeddedBroker.start(0, data);
    }

    @AfterAll
    static void stopBroker() {
        embedded.close();
    }

    @BeforeEach
    void createInput() throws Exception {
        broker = new Broker(embedded.bootstrapServers());
        broker.createTopic(id + "-events", PARTITIONS);
        ModelFile.save(TinyModels.events(1), directory.resolve("model.safetensors"));
        ModelFile.save(TinyModels.events(2), directory.resolve("other.safetensors"));
    }

    /** Ignores the progress. */
    private static void ignore() {}

    private LstmStreamsConfig config(Map<String, String> more) {
        Map<String, String> properties = new TreeMap<>(Map.of(
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
                "lstm.output.include",
                "state",
                "lstm.kernel",
                "scalar"));
        properties.putAll(more);
        return LstmStreamsConfig.of(properties, Map.of());
    }

    private StateAdministration states() {
        return new StateAdministration(config(Map.of()), false);
    }

    private LstmApplication start(Map<String, String> more) throws InterruptedException {
        LstmApplication application = LstmApplication.start(config(more));
        application.awaitRunning(ProgressTimeout.LIMIT);
        return application;
    }

    /** Sends the same events to each sequence and returns the last result of each. */
    private Map<String, ObjectNode> step(List<String> sequences, String... events) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String event : events) {
            for (String sequence : sequences) {
                records.add(record(null, sequence.getBytes(UTF_8), event));
            }
        }
        return send(records);
    }

    private ProducerRecord<byte[], byte[]> record(Integer partition, byte[] key, String event) {
        byte[] value = "{\"event\":\"%s\"}".formatted(event).getBytes(UTF_8);
        return new ProducerRecord<>(id + "-events", partition, 1_700_000_000_000L, key, value);
    }

    private Map<String, ObjectNode> send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        int all = results.merge(id, records.size(), Integer::sum);
        broker.send(records);
        Map<String, ObjectNode> last = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> result : broker.read(id + "-results", found -> found.size() >= all)) {
            ObjectNode json = (ObjectNode) JSON.readTree(result.value());
            last.put(json.remove("sequence").textValue(), json);
        }
        return last;
    }

    /** Waits for a state: readers may see the changelog's part of a commit a moment later than the result's. */
    private Found awaitState(String sequence, long steps) throws Exception {
        ProgressTimeout.await(
                "the state is seen",
                () -> states().list(SequenceFilter.ids(List.of(sequence)), 0).count() == 1
                        && states().get(sequence).header().steps() == steps);
        return states().get(sequence);
    }

    private static void assertThatIsStateOf(Found found, JsonNode result) {
        JsonNode layers = result.get("state");
        assertThat(found.numbers().layers()).isEqualTo(layers.size());
        for (int i = 0; i < layers.size(); i++) {
            assertThat(found.numbers().h(i))
                    .containsExactly(floats(layers.get(i).get("h")));
            assertThat(found.numbers().c(i))
                    .containsExactly(floats(layers.get(i).get("c")));
        }
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    private Path export(StateAdministration states) throws IOException {
        List<String> lines = new ArrayList<>();
        states.forEach(SequenceFilter.all(), line -> lines.add(line.write()));
        return Files.write(Files.createTempFile(directory, "states", ".jsonl"), lines);
    }

    @Test
    void shouldShowTheContentsOfTheLastResultWhileTheApplicationRuns() throws Exception {
        // Given
        try (LstmApplication application = start(Map.of())) {
            step(List.of("a", "b"), "open", "read", "write");
            int elsewhere = (awaitState("a", 3).record().partition() + 1) % PARTITIONS;
            Map<String, ObjectNode> last = send(List.of(
                    record(null, NOT_UTF_8, "open"),
                    record(elsewhere, "moved".getBytes(UTF_8), "sync"),
                    record((elsewhere + 1) % PARTITIONS, "moved too".getBytes(UTF_8), "close"),
                    record((elsewhere + 2) % PARTITIONS, "moved thrice".getBytes(UTF_8), "close")));

            // When
            Found a = awaitState("a", 3);
            Found unnamed = awaitState("0xff01", 1);

            // Then
            assertThat(application.isRunning()).isTrue();
            assertThatIsStateOf(a, last.get("a"));
            assertThatIsStateOf(unnamed, last.get("0xff01"));
            for (String moved : List.of("moved", "moved too", "moved thrice")) {
                assertThatIsStateOf(awaitState(moved, 1), last.get(moved));
            }
            assertThat(awaitState("moved", 1).record().partition()).isEqualTo(elsewhere);
            assertThat(unnamed.record().key()).isEqualTo(NOT_UTF_8);
            assertThat(a.header().lastEventTime()).isEqualTo(1_700_000_000_000L);
            assertThat(a.header().verdict().minLogProbability()).isNegative();
            assertThat(a.partitions()).isEqualTo(PARTITIONS);
            assertThat(a.model().network().name()).isEqualTo("tiny");
            assertThatThrownBy(() -> states().get("c")).hasMessage("there is no sequence c");

            Listed two = states().list(SequenceFilter.all(), 2);
            assertThat(two.count()).isEqualTo(6);
            assertThat(two.first()).extracting(StateRecord::sequence).containsExactly("a", "b");
            Listed some = states().list(SequenceFilter.prefix("moved "), 100);
            assertThat(some.first()).extracting(StateRecord::sequence).containsExactly("moved thrice", "moved too");
        }
    }

    @Test
    void shouldShowOnlyTheHeaderIfTheModelIsNotAvailable() throws Exception {
        // Given
        try (LstmApplication application = start(Map.of())) {
            step(List.of("a"), "open");
            awaitState("a", 1);
            assertThat(application.isRunning()).isTrue();
        }

        // When
        Map<String, String> other =
                Map.of("lstm.model", directory.resolve("other.safetensors").toString());
        Found found = new StateAdministration(config(other), false).get("a");
        Map<String, String> none =
                Map.of("lstm.model", directory.resolve("none.safetensors").toString());
        Found without = new StateAdministration(config(none), false).get("a");

        // Then
        assertThat(found.header().steps()).isEqualTo(1);
        assertThat(found.numbers()).isNull();
        assertThat(found.missing()).isEqualTo("no model of the configuration has this fingerprint");
        assertThat(without.numbers()).isNull();
        assertThat(without.missing()).contains("none.safetensors");
    }

    @Test
    void shouldContinueUnchangedAfterExportResetAndImport() throws Exception {
        // Given two equal sequences, one of which stays unchanged
        List<String> twins = List.of("moved", "stays", "forgotten");
        StateAdministration states = states();
        try (LstmApplication application = start(Map.of())) {
            step(twins, "open", "read", "write");
            awaitState("forgotten", 3);
            assertThatThrownBy(() -> states.reset(SequenceFilter.all(), StateAdministrationIT::ignore))
                    .isInstanceOf(ApplicationException.class)
                    .hasMessageStartingWith(id + " is running: its group has members. Stop all instances");
            assertThatThrownBy(() -> states.importFrom(export(states), StateAdministrationIT::ignore))
                    .isInstanceOf(ApplicationException.class)
                    .hasMessageStartingWith(id + " is running: its group has members. Stop all instances");
            assertThat(application.isRunning()).isTrue();
        }
        Path file = export(states);
        assertThat(Files.readAllLines(file)).hasSize(3);

        // When
        assertThat(states.reset(SequenceFilter.ids(List.of("moved", "forgotten")), StateAdministrationIT::ignore))
                .isEqualTo(2);
        assertThat(states.list(SequenceFilter.all(), 10).first())
                .extracting(StateRecord::sequence)
                .containsExactly("stays");
        List<String> moved = Files.readAllLines(file).stream()
                .filter(line -> line.contains("\"moved\""))
                .toList();
        assertThat(states.importFrom(Files.write(file, moved), StateAdministrationIT::ignore))
                .isEqualTo(1);

        // Then
        try (LstmApplication application = start(Map.of())) {
            Map<String, ObjectNode> last = step(twins, "sync");
            assertThat(last.get("stays").get("step").intValue()).isEqualTo(4);
            assertThat(last.get("moved")).isEqualTo(last.get("stays"));
            assertThat(last.get("forgotten").get("step").intValue()).isEqualTo(1);
            assertThat(application.isRunning()).isTrue();
        }
    }

    @Test
    void shouldReplaceTheStatesThatAnInstanceHasOnItsDisk() throws Exception {
        // Given states of three events, and then of five
        Path backup;
        Map<String, ObjectNode> third;
        try (LstmApplication application = start(Map.of())) {
            third = step(List.of("a"), "open", "read", "write");
            awaitState("a", 3);
            backup = export(states());
            step(List.of("a"), "close", "open");
            awaitState("a", 5);
            assertThat(application.isRunning()).isTrue();
        }

        // When
        states().importFrom(backup, StateAdministrationIT::ignore);

        // Then
        assertThatIsStateOf(states().get("a"), third.get("a"));
        try (LstmApplication application = start(Map.of())) {
            Map<String, ObjectNode> last = step(List.of("a"), "close");
            assertThat(last.get("a").get("step").intValue()).isEqualTo(4);
            assertThat(application.isRunning()).isTrue();
        }
    }

    @Test
    void shouldMoveStatesToANewClusterWithOtherPartitions() throws Exception {
        // Given
        List<String> sequences = List.of("a", "b", "c", "d", "e", "f");
        Path file;
        Map<String, ObjectNode> expected;
        try (LstmApplication application = start(Map.of())) {
            step(sequences, "open", "read");
            for (String sequence : sequences) {
                awaitState(sequence, 2);
            }
            file = export(states());
            expected = step(sequences, "write");
            assertThat(application.isRunning()).isTrue();
        }

        // When
        id = "states-" + UUID.randomUUID();
        assertThatThrownBy(() -> states().get("a"))
                .hasMessage("the topic " + id
                        + "-recurrent-state-changelog does not exist: the application has not run on this cluster");
        assertThatThrownBy(() -> states().importFrom(file, StateAdministrationIT::ignore))
                .hasMessage("the input topic " + id + "-events does not exist");
        broker.createTopic(id + "-events", PARTITIONS + 2);
        assertThat(states().importFrom(file, StateAdministrationIT::ignore)).isEqualTo(6);

        // Then
        assertThat(broker.partitions(id + "-recurrent-state-changelog")).isEqualTo(PARTITIONS + 2);
        Map<String, String> elsewhere =
                Map.of("state.dir", directory.resolve("new").toString());
        try (LstmApplication application = start(elsewhere)) {
            assertThat(step(sequences, "write")).isEqualTo(expected);
            assertThat(application.isRunning()).isTrue();
        }
    }

    @Test
    void shouldImportNothingOfAFileWithABadLine() throws Exception {
        // Given
        try (LstmApplication application = start(Map.of())) {
            step(List.of("a", "b"), "open");
            awaitState("a", 1);
            awaitState("b", 1);
            assertThat(application.isRunning()).isTrue();
        }
        StateAdministration states = states();
        Path file = export(states);
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        states.reset(SequenceFilter.all(), StateAdministrationIT::ignore);
        ObjectNode damaged = (ObjectNode) JSON.readTree(lines.get(1));
        byte[] state = damaged.get("state").binaryValue();
        state[20] ^= 1;
        lines.set(1, damaged.put("state", state).toString());
        Files.write(file, lines);

        // When, Then
        assertThatThrownBy(() -> states.importFrom(file, StateAdministrationIT::ignore))
                .hasMessage(file + " line 2: the stored state is damaged: its checksum is wrong");
        assertThat(states.list(SequenceFilter.all(), 10).count()).isZero();

        // And: a damaged state in the topic is exported with a mark
        broker.send(List.of(new ProducerRecord<>(id + "-recurrent-state-changelog", 0, "x".getBytes(UTF_8), state)));
        assertThat(Files.readString(export(states)))
                .contains("\"sequence\":\"x\"", "\"damaged\":\"the stored state is");
        assertThatThrownBy(() -> states.get("x")).hasMessage("the stored state is damaged: its checksum is wrong");
        assertThat(states.reset(SequenceFilter.ids(List.of("x")), StateAdministrationIT::ignore))
                .isEqualTo(1);
        assertThatThrownBy(() -> states.get("x")).hasMessage("there is no sequence x");
    }

    @Test
    void shouldReadAndImportStatesOfTheFirstLayout() throws Exception {
        // Given the same state in both layouts
        try (LstmApplication application = start(Map.of())) {
            step(List.of("new", "old"), "open", "read");
            awaitState("new", 2);
            awaitState("old", 2);
            assertThat(application.isRunning()).isTrue();
        }
        StateAdministration states = states();
        ObjectNode line = null;
        for (String each : Files.readAllLines(export(states))) {
            line = each.contains("\"old\"") ? (ObjectNode) JSON.readTree(each) : line;
        }
        byte[] old = firstLayout(line.get("state").binaryValue());

        // When
        Path file = Files.writeString(directory.resolve("old.jsonl"), line.put("state", old) + "\n");
        states.importFrom(file, StateAdministrationIT::ignore);

        // Then
        Found found = states.get("old");
        assertThat(found.header().version()).isEqualTo(1);
        assertThat(found.numbers().h(1))
                .containsExactly(states.get("new").numbers().h(1));
        try (LstmApplication application = start(Map.of())) {
            Map<String, ObjectNode> last = step(List.of("new", "old"), "write");
            assertThat(last.get("old")).isEqualTo(last.get("new"));
            assertThat(last.get("old").get("step").intValue()).isEqualTo(3);
            assertThat(application.isRunning()).isTrue();
        }
    }

    /** Returns a state without the fields that the second layout has between the running verdict and the numbers. */
    private static byte[] firstLayout(byte[] second) {
        byte[] first = HexFormat.of()
                .parseHex("01"
                        + HexFormat.of().formatHex(second, 1, 70)
                        + HexFormat.of().formatHex(second, 91, second.length));
        CRC32C checksum = new CRC32C();
        checksum.update(first, 0, first.length - 4);
        ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).putInt(first.length - 4, (int) checksum.getValue());
        return first;
    }

    @Test
    void shouldShowTheShadowsStates() throws Exception {
        // Given
        Map<String, String> shadow = Map.of(
                "lstm.shadow.model",
                directory.resolve("other.safetensors").toString(),
                "lstm.shadow.output.topic",
                id + "-shadow-results");
        StateAdministration states = new StateAdministration(config(shadow), true);
        try (LstmApplication application = start(shadow)) {
            // When
            step(List.of("a"), "open", "read");
            ConsumerRecord<byte[], byte[]> result = broker.read(id + "-shadow-results", found -> found.size() == 2)
                    .get(1);

            // Then
            ProgressTimeout.await(
                    "the state is seen",
                    () -> states.list(SequenceFilter.all(), 1).count() == 1
                            && states.get("a").header().steps() == 2);
            assertThatIsStateOf(states.get("a"), JSON.readTree(result.value()));
            assertThat(application.isRunning()).isTrue();
        }
        assertThatThrownBy(() -> new StateAdministration(config(Map.of()), true))
                .hasMessage("lstm.shadow.model is not set: there is no shadow model");
    }
}
