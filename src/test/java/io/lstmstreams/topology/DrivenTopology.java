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

/** The application's topology on Kafka's test driver, with topics and a clock that the test controls. */
final class DrivenTopology implements AutoCloseable {
    static final String APPLICATION = "app";
    static final String CHANGELOG = "app-recurrent-state-changelog";
    static final String REPARTITION = "app-sequences-repartition";
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Path stateDirectory = temporaryDirectory();
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> input;
    private final StreamMetrics metrics = new StreamMetrics();
    private final StepTrace trace; // null without a trace
    private final StateReads reads = new StateReads(() -> 0, () -> 0); // whose time never passes
    private final FetchedRecords fetched = new FetchedRecords();
    private final SendLimits limits;
    private long time = START.toEpochMilli(); // of the next record

    /** Creates a topology with these keys, which override defaults that name every topic. */
    DrivenTopology(Model model, Map<String, String> overrides) {
        this(model, overrides, Map.of());
    }

    /** Creates a topology with keys of Kafka Streams, too, which override those of this class. */
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
     * Creates a topology with models that may change.
     *
     * @param shadow the shadow, or null
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
                        .services(new StepServices()
                                .metrics(metrics)
                                .listeners(listeners())
                                .reads(reads)
                                .backgroundTime(alwaysInTime()))
                        .shadow(shadow)
                        .fetched(fetched)
                        .limits(limits)
                        .build(),
                kafka,
                START);
        this.input = input(driver);
    }

    /** Returns a time that stands still: however busy the machine is, background work is done as soon as it is due. */
    private static BackgroundTime alwaysInTime() {
        return new BackgroundTime(() -> 0);
    }

    /** Returns the limits of the topics. Until one is set, every record fits that the producer accepts. */
    SendLimits limits() {
        return limits;
    }

    /** Returns the listeners of steps, if the models may change. */
    private Supplier<StepListener> listeners() {
        return trace == null ? () -> StepListener.NONE : () -> new TraceListener(trace);
    }

    StepTrace trace() {
        return trace;
    }

    /** Returns the reads of states, if the models may change. */
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
        if (DeadLetterHandler.sendsDeadLetters()) { // else bad records are skipped, and tests of dead letters fail
            properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "dead-letters");
        }
        return properties;
    }

    /** Returns headers. */
    static Headers headers(String... namesAndValues) {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
        }
        return headers;
    }

    /** Returns a JSON value with a symbol. */
    static String event(String symbol) {
        return "{\"event\":\"" + symbol + "\"}";
    }

    /** Sends a record one millisecond after the previous one, and returns its time. */
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

    /** Shows records to the application as its consumer's fetched records, before it processes the first one. */
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

    /** Advances the clock, and runs the punctuations that are due. */
    void passTime(Duration duration) {
        driver.advanceWallClockTime(duration);
    }

    /** Returns the values of a topic since the last call, as text. */
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

    /** Returns the records of a topic since the last call. */
    List<TestRecord<byte[], byte[]>> readRecords(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** Returns the records of the states' changelog since the last call. */
    List<TestRecord<byte[], byte[]>> changes() {
        return readRecords(CHANGELOG);
    }

    /** Returns the names of all topics that have received records. */
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

    /** Returns the metrics that Kafka Streams would show in JMX. */
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
