package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.Event;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.VariedModels;
import io.lstmstreams.recurrent.Execution;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records of any bytes through the whole topology: nothing stops it, each record is processed or becomes one dead
 * letter, and the other sequences are not affected.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Tag("newer-kafka")
class RecordFuzzTest {
    private static final int CASES = 11;
    private static final int GUARDED_EVERY = 50;
    private static final int GUARDED = 5;

    /** Settings under which the assertions about sequences do not hold, because time or steps end sequences. */
    private static final Map<String, String> ENDS = Map.of(
            "lstm.sequence.idle.timeout.ms", "60000",
            "lstm.sequence.max.steps", "7",
            "lstm.sequence.late", "drop",
            "lstm.unknown.event", "unknown-symbol");

    private final VariedModels varied = new VariedModels();

    private Model model(String kind) {
        return switch (kind) {
            case "indexes" -> TinyModels.indexes();
            case "dense" -> TinyModels.dense();
            case "fields" -> varied.fields(Execution.CARRY);
            case "unknown" -> TinyModels.eventsWithUnknown();
            default -> TinyModels.events();
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "json key events",
                "json header:id events",
                "json field:/id events",
                "json key dense",
                "json key fields",
                "json key unknown",
                "string key events",
                "string header:id events",
                "int32 key indexes",
                "float32 key dense",
                "float32 header:id dense"
            })
    void shouldProcessOrRefuseAnyRecordWithoutEffectOnOthers(String what) {
        // Given
        String[] words = what.split(" ");
        Model model = model(words[2]);
        Map<String, String> config = new HashMap<>(words[2].equals("unknown") ? ENDS : Map.of());
        config.put("lstm.input.format", words[0]);
        config.put("lstm.sequence.id", words[1]);
        FuzzRun run = new FuzzRun(what, CASES);
        FuzzedRecords fuzzed = new FuzzedRecords(run.random(), words[0]);
        Reference guarded = new Reference(model);

        try (DrivenTopology topology = new DrivenTopology(
                model, config, Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE))) {
            for (int i = 0; i < run.count(); i++) {
                // When
                TestRecord<byte[], byte[]> record = fuzzed.next();
                long letters = topology.metrics().deadLetters().sum();
                topology.send(record);

                // Then
                assertThatItIsSteppedOrRefused(topology, record, letters, run);
                if (i % GUARDED_EVERY == 0 && !words[2].equals("unknown")) {
                    assertThatOthersGoOn(topology, guarded, words, i / GUARDED_EVERY, run);
                }
                if (i % 1_000 == 0) {
                    topology.passTime(Duration.ofMillis(2 * IdleScan.TICK_MS));
                }
                drain(topology);
                run.done(i);
            }
        }
        run.end();
    }

    private static void assertThatItIsSteppedOrRefused(
            DrivenTopology topology, TestRecord<byte[], byte[]> record, long lettersBefore, FuzzRun run) {
        List<TestRecord<byte[], byte[]>> letters = topology.readRecords("dead-letters");
        int results = topology.readRecords("results").size();
        int verdicts = topology.readRecords("verdicts").size();

        assertThat(topology.metrics().deadLetters().sum() - lettersBefore)
                .as("counted dead letters; " + run)
                .isEqualTo(letters.size());
        assertThat(letters.size() + results)
                .as("dead letters and results; " + run)
                .isLessThanOrEqualTo(1);
        if (!letters.isEmpty()) {
            TestRecord<byte[], byte[]> letter = letters.get(0);
            assertThat(verdicts).as("verdicts; " + run).isZero();
            assertThat(topology.changes()).as("changes of states; " + run).isEmpty();
            if (letter.headers().lastHeader("__streams.errors.omitted") == null) {
                assertThat(letter.key()).as(run.toString()).isEqualTo(record.key());
                assertThat(letter.value()).as(run.toString()).isEqualTo(record.value());
                int headers = record.headers().toArray().length;
                assertThat(Arrays.copyOf(letter.headers().toArray(), headers))
                        .as(run.toString())
                        .isEqualTo(record.headers().toArray());
            }
            assertThat(letter.headers().lastHeader("__streams.errors.message").value())
                    .as(run.toString())
                    .isNotEmpty();
        }
    }

    /** Asserts that a sequence without bad records continues. */
    private void assertThatOthersGoOn(
            DrivenTopology topology, Reference reference, String[] words, int number, FuzzRun run) {
        drain(topology);
        String sequence = "guarded-" + number % GUARDED;
        Event event;
        byte[] value;
        switch (words[2]) {
            case "dense" -> {
                float[] vector = {number % 7, -0.5f, 0.25f * (number % 3)};
                event = new Event.Vector(vector);
                value = words[0].equals("json")
                        ? json("[" + vector[0] + "," + vector[1] + "," + vector[2] + "]", sequence)
                        : floats(vector);
            }
            case "indexes" -> {
                event = new Event.Index(number % 5);
                value = ByteBuffer.allocate(4).putInt(number % 5).array();
            }
            case "fields" -> {
                value = json(number % 2 == 0 ? FieldEvents.BUY : FieldEvents.OTHER, sequence);
                event = new JsonEventDecoder("/event").decode(value).event();
            }
            default -> {
                String symbol = TinyModels.EVENTS.get(number % TinyModels.EVENTS.size());
                event = new Event.Symbol(symbol);
                value = words[0].equals("json") ? json("\"" + symbol + "\"", sequence) : symbol.getBytes(UTF_8);
            }
        }
        long time = topology.send(sequence.getBytes(UTF_8), value, DrivenTopology.headers("id", sequence));
        assertThat(topology.results()).as(run.toString()).containsExactly(reference.step(sequence, time, event));
    }

    private static byte[] json(String event, String sequence) {
        return ("{\"event\":" + event + ",\"id\":\"" + sequence + "\"}").getBytes(UTF_8);
    }

    private static byte[] floats(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }

    /** Removes the output, which the driver would otherwise hold in memory. */
    private static void drain(DrivenTopology topology) {
        List<String> topics = new ArrayList<>();
        topology.producedTopics().forEach(topics::add);
        topics.forEach(topology::readRecords);
    }
}
