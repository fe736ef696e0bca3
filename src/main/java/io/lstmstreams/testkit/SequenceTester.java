package io.lstmstreams.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.DeadLetterHeaders;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.topology.DeadLetterHandler;
import io.lstmstreams.topology.LstmProcessorSupplier;
import io.lstmstreams.topology.StepOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.test.TestRecord;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A model in a topology without a broker: events in, results and verdicts out, all in the calling thread. Records are
 * those of the application: the key names the sequence, the value is JSON with the event at {@code /event}. Time stands
 * still, except for {@link #advance}. A check that fails throws an {@link AssertionError}. Not thread-safe.
 *
 * <pre>{@code
 * try (SequenceTester tester = SequenceTester.of(TestModels.cycle("open", "read", "close"))) {
 *     tester.send("session-1", "open", "close").end("session-1");
 *
 *     tester.assertAnomalous("session-1");
 *     assertEquals(0.1 / 3, tester.last("session-1").score().probability(), 1e-6);
 * }
 * }</pre>
 */
@API(status = API.Status.STABLE)
public final class SequenceTester implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INPUT = "events";
    private static final String DEAD_LETTERS = "dead-letters";

    private final List<SequenceOutput> outputs = new ArrayList<>();
    private final List<String> deadLetters = new ArrayList<>();
    private final Path states;
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> input;
    private final TestOutputTopic<byte[], byte[]> refused;
    private Instant now = Instant.EPOCH.plus(Duration.ofDays(1));

    private SequenceTester(Model model, StepOptions options) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(INPUT, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(LstmProcessorSupplier.builder(
                                model, Serdes.ByteArray(), new JsonEventDecoder(JsonEventDecoder.DEFAULT_POINTER))
                        .kernel(Kernels.named("portable")) // the same numbers on each machine, and no flag of the JVM
                        .options(options)
                        .build())
                .foreach((sequence, output) -> outputs.add(output));
        try {
            this.states = Files.createTempDirectory("sequence-tester");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "sequence-tester");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, states.toString());
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, DEAD_LETTERS);
        this.driver = new TopologyTestDriver(builder.build(), properties, now);
        this.input = driver.createInputTopic(INPUT, new ByteArraySerializer(), new ByteArraySerializer());
        this.refused = driver.createOutputTopic(DEAD_LETTERS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Creates a tester of a model with the options of the application. */
    public static SequenceTester of(Model model) {
        return of(model, StepOptions.DEFAULTS);
    }

    /** Creates a tester of a model. */
    public static SequenceTester of(Model model, StepOptions options) {
        return new SequenceTester(model, options);
    }

    /** Sends events of a sequence, by name. */
    public SequenceTester send(String sequence, String... events) {
        for (String event : events) {
            send(sequence, JSON.createObjectNode().put("event", event));
        }
        return this;
    }

    /** Sends one event that is a vector, for a model with dense input. */
    public SequenceTester send(String sequence, float... vector) {
        ObjectNode value = JSON.createObjectNode();
        ArrayNode event = value.putArray("event");
        for (float element : vector) {
            event.add(element);
        }
        send(sequence, value);
        return this;
    }

    /**
     * Sends one record.
     *
     * @param json the record's value, for example an event of several fields; need not be valid
     */
    public SequenceTester sendValue(String sequence, String json) {
        pipe(sequence, json.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Ends a sequence by a record without a value. */
    public SequenceTester end(String sequence) {
        pipe(sequence, null);
        return this;
    }

    private void send(String sequence, ObjectNode value) {
        pipe(sequence, value.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void pipe(String sequence, byte @Nullable [] value) {
        input.pipeInput(new TestRecord<>(sequence.getBytes(StandardCharsets.UTF_8), value, now));
        collectDeadLetters();
    }

    /** Lets time pass, for example until sequences are idle: the wall clock and the time of later events. */
    public SequenceTester advance(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
        collectDeadLetters();
        return this;
    }

    private void collectDeadLetters() {
        refused.readRecordsToList().forEach(letter -> {
            Header reason = letter.headers().lastHeader(DeadLetterHeaders.MESSAGE);
            deadLetters.add(new String(reason.value(), StandardCharsets.UTF_8));
        });
    }

    /** Returns all results so far, in the order of their events. */
    public List<Prediction> results() {
        return outputs.stream()
                .filter(Prediction.class::isInstance)
                .map(Prediction.class::cast)
                .toList();
    }

    /** Returns the results of a sequence so far. */
    public List<Prediction> results(String sequence) {
        return results().stream()
                .filter(result -> result.sequence().equals(sequence))
                .toList();
    }

    /** Returns the latest result of a sequence. */
    public Prediction last(String sequence) {
        List<Prediction> results = results(sequence);
        if (results.isEmpty()) {
            throw new AssertionError("sequence " + sequence + " has no result; " + known());
        }
        return results.get(results.size() - 1);
    }

    /** Returns all verdicts so far. */
    public List<Verdict> verdicts() {
        return outputs.stream()
                .filter(Verdict.class::isInstance)
                .map(Verdict.class::cast)
                .toList();
    }

    /** Returns the latest verdict of a sequence, which must have ended. */
    public Verdict verdict(String sequence) {
        return verdicts().stream()
                .filter(verdict -> verdict.sequence().equals(sequence))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new AssertionError("sequence " + sequence + " has not ended; " + known()));
    }

    /** Returns the reasons of all dead letters so far. */
    public List<String> deadLetters() {
        return List.copyOf(deadLetters);
    }

    /** Checks that a sequence has ended and is anomalous. */
    public void assertAnomalous(String sequence) {
        Verdict verdict = verdict(sequence);
        if (!verdict.anomalous()) {
            throw new AssertionError("sequence " + sequence + " is not anomalous: " + verdict);
        }
    }

    /** Checks that a sequence has ended and is not anomalous. */
    public void assertNormal(String sequence) {
        Verdict verdict = verdict(sequence);
        if (verdict.anomalous()) {
            throw new AssertionError("sequence " + sequence + " is anomalous: " + verdict);
        }
    }

    /** Checks that no record became a dead letter. */
    public void assertNoDeadLetters() {
        if (!deadLetters.isEmpty()) {
            throw new AssertionError("dead letters: " + String.join("; ", deadLetters));
        }
    }

    private String known() {
        String sequences = outputs.stream()
                .map(SequenceOutput::sequence)
                .distinct()
                .limit(10)
                .collect(Collectors.joining(", "));
        return (sequences.isEmpty() ? "nothing was processed" : "there are " + sequences)
                + (deadLetters.isEmpty() ? "" : "; dead letters: " + String.join("; ", deadLetters));
    }

    /** Ends the topology and deletes its states. */
    @Override
    public void close() {
        driver.close();
        try (Stream<Path> files = Files.walk(states)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
