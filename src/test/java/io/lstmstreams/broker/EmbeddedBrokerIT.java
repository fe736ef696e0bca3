package io.lstmstreams.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmbeddedBrokerIT {

    @TempDir
    Path dataDir;

    @Test
    void shouldDeliverProducedRecords() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir)) {
            // When
            produce(broker, "a", "b", "c");

            // Then
            assertThat(consume(broker, 3)).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void shouldShowCommittedTransactionsOnly() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir);
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(producerSettings(broker, Map.of("transactional.id", "writer")))) {
            // Given
            producer.initTransactions();

            // When
            producer.beginTransaction();
            send(producer, "aborted");
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "committed");
            producer.commitTransaction();

            // Then
            assertThat(consume(broker, 1)).containsExactly("committed");
        }
    }

    @Test
    void shouldKeepRecordsWithOldTimestamps() throws Exception {
        // Given
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "letters");
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            // When
            produce(broker, "a");

            // Then
            Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
            assertThat(config.get("retention.ms").value()).isEqualTo("-1");
            assertThat(config.get("retention.bytes").value()).isEqualTo("-1");
        }
    }

    @Test
    void shouldKeepTopicsWhenStartedAgainOnTheSameDirectory() {
        // Given
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir)) {
            produce(broker, "kept");
        }

        // When
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir)) {

            // Then
            assertThat(consume(broker, 1)).containsExactly("kept");
        }
    }

    @Test
    void shouldKeepTopicsWhenItsProcessWasKilled() throws Exception {
        // Given
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BrokerProcess.class.getName(),
                        dataDir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("acknowledged");
        process.destroyForcibly().waitFor();

        // When
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir)) {

            // Then
            assertThat(consume(broker, 1)).containsExactly("survivor");
        }
    }

    @Test
    void shouldLeaveNoThreadThatKeepsTheProcessAlive() {
        // Given
        Set<Thread> before = userThreads();

        // When
        EmbeddedBroker.start(0, dataDir).close();

        // Then
        Set<Thread> left = userThreads();
        left.removeAll(before);
        assertThat(left).isEmpty();
    }

    @Test
    void shouldDeleteItsTemporaryDirectory() {
        // Given
        EmbeddedBroker broker = EmbeddedBroker.startTemporary(0);
        produce(broker, "a");
        assertThat(broker.dataDirectory()).isNotEmptyDirectory();

        // When
        broker.close();

        // Then
        assertThat(broker.dataDirectory()).doesNotExist();
    }

    @Test
    void shouldReportInOneLineThatThePortIsInUse(@TempDir Path otherDir) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir)) {
            String address = broker.bootstrapServers();
            int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));

            assertThatThrownBy(() -> EmbeddedBroker.start(port, otherDir))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageStartingWith("the broker cannot listen on " + address)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void shouldReportInOneLineThatAnotherBrokerUsesTheDirectory() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, dataDir)) {
            Set<Thread> before = userThreads();

            assertThatThrownBy(() -> EmbeddedBroker.start(0, dataDir))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining(dataDir.toString())
                    .hasMessageEndingWith("is in use by another broker")
                    .hasMessageNotContaining("\n");

            // And the second one leaves nothing behind, while the first one is unharmed
            assertThat(userThreads()).isSubsetOf(before);
            produce(broker, "a");
            assertThat(consume(broker, 1)).containsExactly("a");
        }
    }

    @Test
    void shouldStopWithoutEndingTheProcess() throws Exception {
        // Given
        EmbeddedBroker.start(0, dataDir).close();
        Set<Thread> before = userThreads();
        Path metadata = dataDir.resolve("__cluster_metadata-0");
        Files.move(metadata, dataDir.resolve("moved-0"));
        Files.writeString(metadata, "a file where a directory should be");

        // When
        assertThatThrownBy(() -> EmbeddedBroker.start(0, dataDir))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(dataDir.toString())
                .hasMessageNotContaining("\n");

        // Then
        assertThat(userThreads()).isSubsetOf(before);
    }

    @Test
    void shouldReportInOneLineThatTheDirectoryBelongsToAnotherNode() throws Exception {
        Files.writeString(
                dataDir.resolve("meta.properties"), "version=1\ncluster.id=zrN7ouPSRKeeVUfbqlLGPw\nnode.id=7\n");

        assertThatThrownBy(() -> EmbeddedBroker.start(0, dataDir))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(dataDir.toString())
                .hasMessageContaining("7")
                .hasMessageNotContaining("\n");
    }

    /** A broker in a separate process, which prints when a record is acknowledged and then waits to be killed. */
    static final class BrokerProcess {

        public static void main(String[] args) throws Exception {
            EmbeddedBroker broker = EmbeddedBroker.start(0, Path.of(args[0]));
            produce(broker, "survivor");
            System.out.println("acknowledged");
            Thread.currentThread().join();
        }
    }

    private static void produce(EmbeddedBroker broker, String... values) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producerSettings(broker, Map.of()))) {
            for (String value : values) {
                send(producer, value);
            }
        }
    }

    private static void send(KafkaProducer<String, String> producer, String value) {
        try {
            producer.send(new ProducerRecord<>("letters", value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("not acknowledged: " + value, e);
        }
    }

    private static Map<String, Object> producerSettings(EmbeddedBroker broker, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("key.serializer", StringSerializer.class);
        settings.put("value.serializer", StringSerializer.class);
        return settings;
    }

    /** Reads {@code count} committed records through a consumer group. */
    private static List<String> consume(EmbeddedBroker broker, int count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                "readers",
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed",
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                StringDeserializer.class);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(List.of("letters"));
            while (values.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private static Set<Thread> userThreads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(Thread::isDaemon);
        return threads;
    }
}
