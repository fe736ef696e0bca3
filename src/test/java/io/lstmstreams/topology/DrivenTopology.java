package io.lstmstreams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.runtime.TraceListener;
import io.lstmstreams.topology.LstmTopology.Shadow;
import io.lstmstreams.trace.StepTrace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** The application's topology on Kafka's test driver: topics and clock are in the test's hand. */
final class DrivenTopology implements AutoCloseable {
    static final String APPLICATION = "app";
    static final String CHANGELOG = "app-recurrent-state-changelog";
    static final String REPARTITION = "app-sequences-repartition";
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Path stateDirectory = temporaryDirectory();
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> input;
    private final StreamMetrics metrics = new StreamMetrics();
    private final StepTrace trace; // null where nobody looks on
    private final StateReads reads = new StateReads(() -> 0, () -> 0); // which never take long
    private final FetchedRecords fetched = new FetchedRecords();
    private final SendLimits limits;
    private long time = START.toEpochMilli(); // of the next record

    /** With these keys over defaults that name every topic. */
    DrivenTopology(Model model, Map<String, String> overrides) {
        this(model, overrides, Map.of());
    }

    /** The same with keys of Kafka Streams' over those that it has here. */
    DrivenTopology(Model model, Map<String, String> overrides, Map<String, ?> kafkaOverrides) {
        this(
                config -> LstmTopology.check(config, model),
                Models.only(ModelVersion.of(null, model, Kernels.named("scalar"))),
                null,
                overrides,
                kafkaOverrides,
                Optional.empty());
    }

    /**
     * With models that may change.
     *
     * @param shadow null for none
     */
    DrivenTopology(Models models, Shadow shadow, Map<String, String> overrides) {
        this(config -> {}, models, shadow, overrides, Map.of(), Optional.of(new StepTrace()));
    }

    private DrivenTopology(
            Consumer<LstmStreamsConfig> check,
            Models models,
            Shadow shadow,
            Map<String, String> overrides,
            Map<String, ?> kafkaOverrides,
            Optional<StepTrace> trace) {
        LstmStreamsConfig config = config(overrides);
        check.accept(config);
        this.trace = trace.orElse(null);
        Properties kafka = kafka(stateDirectory);
        kafka.putAll(kafkaOverrides);
        Map<String, Object> settings = new HashMap<>();
        kafka.forEach((key, value) -> settings.put(key.toString(), value));
        this.limits = SendLimits.of(settings);
        kafka.putAll(limits.settings());
        this.driver = new TopologyTestDriver(
                LstmTopology.of(config, models)
                        .metrics(metrics)
                        .shadow(shadow)
                        .fetched(fetched)
                        .listeners(listeners())
                        .reads(reads)
                        .limits(limits)
                        .threadTime(alwaysInTime())
                        .build(),
                kafka,
                START);
        this.input = input(driver);
    }

    /** Time that stands still: however busy the machine is, background work is done as soon as it is due. */
    private static BackgroundTime alwaysInTime() {
        return new BackgroundTime(() -> 0);
    }

    /** The limits of the topics; as long as none is set, every record fits that the producer takes. */
    SendLimits limits() {
        return limits;
    }

    /** What it did last; of models that may change only. */
    private Supplier<StepListener> listeners() {
        return trace == null ? () -> StepListener.NONE : () -> new TraceListener(trace);
    }

    StepTrace trace() {
        return trace;
    }

    /** Reads of its states; of models that may change only. */
    StateReads reads() {
        return reads;
    }

    private static TestInputTopic<byte[], byte[]> input(TopologyTestDriver driver) {
        return driver.createInputTopic("events", new ByteArraySerializer(), new ByteArraySerializer());
    }

    static LstmStreamsConfig config(Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "lstm.model", "given.safetensors",
                "lstm.input.topic", "events",
                "lstm.output.topic", "results",
                "lstm.verdict.topic", "verdicts"));
        properties.putAll(overrides);
        return LstmStreamsConfig.of(properties, Map.of());
    }

    static Properties kafka(Path stateDirectory) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "dead-letters");
        return properties;
    }

    /** A header and its value. */
    static Headers headers(String... namesAndValues) {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
        }
        return headers;
    }

    /** A JSON value with a symbol. */
    static String event(String symbol) {
        return "{\"event\":\"" + symbol + "\"}";
    }

    /** Sends a record one millisecond after the one before, and returns its time. */
    long send(String key, String value) {
        return send(bytes(key), bytes(value), new RecordHeaders());
    }

    long send(String key, String value, Headers headers) {
        return send(bytes(key), bytes(value), headers);
    }

    long send(byte[] key, byte[] value, Headers headers) {
        sendAt(time, key, value, headers);
        return time++;
    }

    void sendAt(long timestamp, String key, String value) {
        sendAt(timestamp, bytes(key), bytes(value), new RecordHeaders());
    }

    private void sendAt(long timestamp, byte[] key, byte[] value, Headers headers) {
        input.pipeInput(new TestRecord<>(key, value, headers, timestamp));
    }

    /** Shows records to the application as fetched, as far as its consumer would have them before it steps the first one. */
    void fetch(long offset, List<TestRecord<byte[], byte[]>> records) {
        TopicPartition partition = new TopicPartition("events", 0);
        List<ConsumerRecord<byte[], byte[]>> fetchedNow = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : records) {
            fetchedNow.add(new ConsumerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    offset + fetchedNow.size(),
                    record.timestamp(),
                    TimestampType.CREATE_TIME,
                    0,
                    0,
                    record.key(),
                    record.value(),
                    record.headers(),
                    Optional.empty()));
        }
        try (FetchedRecords.Interceptor interceptor = new FetchedRecords.Interceptor()) {
            Map<String, Object> settings = new HashMap<>();
            fetched.consumerSettings(List.of())
                    .forEach((key, value) -> settings.put(key.replace("main.consumer.", ""), value));
            interceptor.configure(settings);
            interceptor.onConsume(new ConsumerRecords<>(Map.of(partition, fetchedNow), Map.of()));
        }
    }

    void send(TestRecord<byte[], byte[]> record) {
        input.pipeInput(record);
    }

    /** The clock goes on, and the punctuations that are due run. */
    void passTime(Duration duration) {
        driver.advanceWallClockTime(duration);
    }

    /** Values of the topic since the last call, as text. */
    List<String> read(String topic) {
        return readRecords(topic).stream()
                .map(record -> record.value() == null ? null : new String(record.value(), UTF_8))
                .toList();
    }

    List<String> results() {
        return read("results");
    }

    List<String> verdicts() {
        return read("verdicts");
    }

    /** Records of the topic since the last call. */
    List<TestRecord<byte[], byte[]>> readRecords(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** What was written to the states' changelog since the last call. */
    List<TestRecord<byte[], byte[]>> changes() {
        return readRecords(CHANGELOG);
    }

    /** Names of all topics that records were written to. */
    Iterable<String> producedTopics() {
        return driver.producedTopicNames();
    }

    KeyValueStore<Bytes, byte[]> modelsStore() {
        return driver.getKeyValueStore("recurrent-state-models");
    }

    KeyValueStore<Bytes, byte[]> store() {
        return driver.getKeyValueStore("recurrent-state");
    }

    byte[] stored(String key) {
        return store().get(Bytes.wrap(bytes(key)));
    }

    /** What Kafka Streams would show to JMX. */
    Map<MetricName, ? extends Metric> kafkaMetrics() {
        return driver.metrics();
    }

    StreamMetrics metrics() {
        return metrics;
    }

    @Override
    public void close() {
        driver.close();
        try (Stream<Path> files = Files.walk(stateDirectory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("driven-topology");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }
}
