package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose output a topic refuses, among good records: nothing stops the application. */
class SendLimitsIT {
    private static final int LARGEST = 20 << 20; // the largest record that a sender may send here
    private static final String NUMBER = "hostile";
    private static EmbeddedBroker embedded;

    private final Model model = TinyModels.events();
    private final String id = "limits-" + UUID.randomUUID();
    private final String input = id + "-events";
    private final String results = id + "-results";
    private final String verdicts = id + "-verdicts";
    private final String deadLetters = id + "-dead-letters";
    private final List<ProducerRecord<byte[], byte[]>> hostile = new ArrayList<>();

    @TempDir
    Path directory;

    private Broker broker;

    @BeforeAll
    static void startBroker(@TempDir Path data) {
        embedded = EmbeddedBroker.start(0, data, Map.of("auto.create.topics.enable", false));
    }

    @AfterAll
    static void stopBroker() {
        embedded.close();
    }

    @BeforeEach
    void createInput() throws Exception {
        broker = new Broker(embedded.bootstrapServers());
        ModelFile.save(model, directory.resolve("model.safetensors"));
        createTopic(
                input,
                Map.of(
                        "max.message.bytes",
                        Integer.toString(LARGEST),
                        "message.timestamp.after.max.ms",
                        Long.toString(Long.MAX_VALUE)));
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", embedded.bootstrapServers()));
    }

    private static void createTopic(String name, Map<String, String> configs) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(2), Optional.empty()).configs(configs)))
                    .all()
                    .get();
        }
    }

    private static void alter(String topic, String key, String value) throws Exception {
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private LstmApplication start(String... keysAndValues) {
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
                input,
                "lstm.output.topic",
                results,
                "lstm.verdict.topic",
                verdicts,
                "consumer.max.partition.fetch.bytes",
                Integer.toString(LARGEST)));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return LstmApplication.start(LstmStreamsConfig.of(properties, Map.of()));
    }

    private static void send(List<ProducerRecord<byte[], byte[]>> records, String compression) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", embedded.bootstrapServers(),
                "max.request.size", LARGEST,
                "compression.type", compression);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<?> each : sent) {
                each.get();
            }
        }
    }

    /** Adds a record with a number that is copied to its output. */
    private void hostile(Long timestamp, String key, String value, int headerBytes) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                input,
                null,
                timestamp,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8));
        record.headers().add(NUMBER, Integer.toString(hostile.size()).getBytes(UTF_8));
        if (key != null) {
            record.headers().add("block", key.getBytes(UTF_8));
        }
        if (headerBytes > 0) {
            record.headers().add("blob", new byte[headerBytes]);
        }
        hostile.add(record);
    }

    private static String padded(String fields, int bytes) {
        return "{" + fields + ",\"padding\":\"" + "p".repeat(bytes) + "\"}";
    }

    private static Map<String, Integer> byNumber(Stream<ConsumerRecord<byte[], byte[]>> records) {
        return records.map(record -> record.headers().lastHeader(NUMBER))
                .filter(header -> header != null)
                .collect(Collectors.toMap(SendLimitsIT::text, header -> 1, Integer::sum, TreeMap::new));
    }

    private static String text(Header header) {
        return new String(header.value(), UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private void addHostile() {
        String event = "\"event\":\"open\"";
        long now = System.currentTimeMillis();
        String longId = "i".repeat(30_000);
        hostile(null, "session-1", "{" + event + "}", 300_000); // result
        hostile(null, "session-1", "{" + event + ",\"end\":true}", 300_000); // result and verdict
        hostile(null, "session-2", null, 300_000); // verdict
        hostile(null, "session-2", "nonsense", 300_000); // dead letter
        hostile(null, "session-3", "nonsense".repeat(400_000), 0);
        hostile(null, "session-3", null, 600_000); // more headers than any record may have
        hostile(null, longId, padded(event, 985_000), 0); // repartition: 1,045,000 bytes with the id
        hostile(null, "session-4", padded(event, 3_000_000), 0);
        hostile(null, null, padded(event, 3_000_000), 0);
        hostile(null, "j".repeat(60_000), "{" + event + "}", 0); // an id that is too long
        for (long time : new long[] {now + Duration.ofHours(2).toMillis(), Long.MAX_VALUE}) {
            hostile(time, "session-5", "{" + event + "}", 0);
            hostile(time, "session-5", "{" + event + ",\"end\":true}", 0);
            hostile(time, "session-6", null, 0);
            hostile(time, "session-6", "nonsense", 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "header:block"})
    void shouldTurnEachRecordIntoAResultOrADeadLetter(String sequenceId) throws Exception {
        // Given
        createTopic(results, Map.of("max.message.bytes", "200000"));
        createTopic(verdicts, Map.of("max.message.bytes", "200000"));
        createTopic(deadLetters, Map.of("max.message.bytes", "50000"));
        Sessions sessions = new Sessions(model, input, 60, sequenceId.equals("key") ? null : "block");
        addHostile();

        // When
        try (LstmApplication application = start("lstm.sequence.id", sequenceId)) {
            send(sessions.records(0, 2), "none");
            send(hostile, "gzip");
            send(sessions.records(1, 2), "none");
            broker.read(verdicts, found -> found.size() >= sessions.verdicts().size());
            broker.read(
                    deadLetters,
                    found -> byNumber(found.stream()).size()
                                    + byNumber(broker.readAll(results).stream()).size()
                            >= hostile.size());

            // Then
            assertThat(application.isRunning()).isTrue();
        }
        Map<String, Integer> ends =
                byNumber(Stream.concat(broker.readAll(results).stream(), broker.readAll(deadLetters).stream()));
        assertThat(ends)
                .isEqualTo(IntStream.range(0, hostile.size())
                        .boxed()
                        .collect(Collectors.toMap(String::valueOf, number -> 1, Integer::sum, TreeMap::new)));
        assertThat(byNumber(broker.readAll(verdicts).stream())).isEmpty();
        assertThatTheOthersWentOn(sessions);
    }

    private void assertThatTheOthersWentOn(Sessions sessions) {
        Map<String, List<String>> found = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> result : broker.readAll(results)) {
            if (result.headers().lastHeader(NUMBER) == null) {
                found.computeIfAbsent(text(result.key()), sequence -> new ArrayList<>())
                        .add(text(result.value()).replaceFirst("\"time\":\\d+,", ""));
            }
        }
        Map<String, List<String>> expected = new TreeMap<>(sessions.results());
        // Without a repartition topic, record 7 fits and is a normal event of its sequence.
        long more = broker.readAll(results).stream()
                .filter(result -> text(result.key()).equals("session-4")
                        && result.headers().lastHeader(NUMBER) != null)
                .count();
        if (more > 0) {
            expected.remove("session-4");
            found.remove("session-4");
        }
        assertThat(found).isEqualTo(expected);
        assertThat(broker.readAll(verdicts)).hasSameSizeAs(sessions.verdicts().keySet());
    }

    @Test
    void shouldContinueIfATopicsLimitIsLoweredAtRunTime() throws Exception {
        createTopic(results, Map.of());
        try (LstmApplication application = start()) {
            // Given
            hostile(null, "a", "{\"event\":\"open\"}", 3_000);
            send(hostile, "none");
            broker.read(results, found -> found.size() == 1);

            // When the topic's limit is lowered, even below a batch of the producer
            alter(results, "max.message.bytes", "2000");
            hostile(null, "a", "{\"event\":\"read\"}", 3_000);
            for (int i = 0; i < 300; i++) {
                hostile(null, "b" + i % 7, "{\"event\":\"read\"}", 0);
            }
            send(hostile.subList(1, hostile.size()), "none");

            // Then
            broker.read(deadLetters, found -> found.size() == 1);
            broker.read(results, found -> found.size() == 301);
            assertThat(application.hasStopped()).isFalse();
            while (!application.isRunning()) { // the test's timeout is the limit
                Thread.sleep(50);
            }
            assertThat(application.metrics().deadLetters().sum()).isOne();
        }
        assertThat(broker.readAll(deadLetters)).hasSize(1);
        assertThat(broker.readAll(results)).hasSize(301);
    }

    @Test
    void shouldContinueIfATopicRefusesTimesThatItAcceptedAtTheStart() throws Exception {
        createTopic(results, Map.of("message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE)));
        try (LstmApplication application = start()) {
            // Given
            hostile(1_000_000_000_000L, "a", "{\"event\":\"open\"}", 0);
            send(hostile, "none");
            broker.read(results, found -> found.size() == 1);

            // When
            alter(results, "message.timestamp.before.max.ms", "86400000");
            hostile(1_000_000_000_001L, "a", "{\"event\":\"open\"}", 0);
            hostile(null, "a", "{\"event\":\"read\"}", 0);
            send(hostile.subList(1, 3), "none");

            // Then
            List<ConsumerRecord<byte[], byte[]>> letters = broker.read(deadLetters, found -> found.size() == 1);
            assertThat(letters.get(0).timestamp()).isEqualTo(1_000_000_000_001L);
            List<ConsumerRecord<byte[], byte[]>> found = broker.read(results, read -> read.size() == 2);
            assertThat(text(found.get(1).value())).contains("\"step\":2");
            assertThat(application.hasStopped()).isFalse();
        }
    }

    @Test
    void shouldContinueIfNoResultOfALargeVocabularyFits() throws Exception {
        // Given results with 100,000 probabilities
        int events = 100_000;
        int units = 2;
        int rows = LstmLayer.GATES * units;
        ModelFile.save(
                new Model(
                        new Network(
                                "large",
                                InputEncoding.ONE_HOT,
                                List.of(new LstmLayer(
                                        events,
                                        units,
                                        new float[rows * events],
                                        new float[rows * units],
                                        new float[rows])),
                                List.of(new Head(
                                        "next",
                                        Activation.SOFTMAX,
                                        units,
                                        events,
                                        new float[events * units],
                                        IntStream.range(0, events)
                                                .collect(
                                                        () -> new float[events],
                                                        (bias, i) -> bias[i] = (float) Math.sin(i),
                                                        (one, other) -> {}))),
                                new ScoringRule.None()),
                        Vocabulary.ofSize(events)),
                directory.resolve("model.safetensors"));
        hostile(null, "a", "{\"event\":1}", 0);
        hostile(null, "b", "{\"event\":2}", 0);

        // When
        try (LstmApplication application = start("lstm.output.include", "probabilities")) {
            send(hostile, "none");

            // Then
            List<ConsumerRecord<byte[], byte[]>> letters = broker.read(deadLetters, found -> found.size() == 2);
            assertThat(text(letters.get(0).headers().lastHeader("__streams.errors.message")))
                    .startsWith("the result has ")
                    .contains("max.request.size");
            assertThat(application.isRunning()).isTrue();
        }
        assertThat(broker.readAll(results)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "results, max.message.bytes, 90, max.message.bytes must be at least ",
        "verdicts, max.message.bytes, 90, max.message.bytes must be at least ",
        "dead-letters, max.message.bytes, 500, 'max.message.bytes must be at least 1024 for topic '",
        "recurrent-state-changelog, max.message.bytes, 150, max.message.bytes must be at least "
    })
    void shouldRefuseToStartIfNothingCanEverFit(String topic, String key, String value, String says) throws Exception {
        createTopic(id + "-" + topic, Map.of(key, value));

        assertThatThrownBy(() -> start().close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(says)
                .hasMessageContaining("for topic " + id + "-" + topic + ", but is " + value)
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldStopAtOnceWithTheReasonIfATopicIsDeleted() throws Exception {
        createTopic(results, Map.of());
        try (LstmApplication application = start(
                "producer.max.block.ms",
                "4000",
                "producer.delivery.timeout.ms",
                "6000",
                "producer.request.timeout.ms",
                "3000")) {
            application.awaitRunning(ProgressTimeout.LIMIT);
            try (Admin admin = admin()) {
                admin.deleteTopics(List.of(results)).all().get();
            }
            hostile(null, "a", "{\"event\":\"open\"}", 0);
            send(hostile, "none");

            assertThatThrownBy(application::awaitStop)
                    .isInstanceOf(ApplicationException.class)
                    .hasMessageStartingWith("the stream stopped: ");
        }
    }
}
