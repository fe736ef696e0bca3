package io.lstmstreams.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.broker.KeyPairs;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.runtime.ModelAdministration;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances that share the sequences, with TLS and a user: either one returns the answer of the instance that has
 * the sequence.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StateQueriesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 4;

    private EmbeddedBroker broker;
    private KafkaProducer<byte[], byte[]> producer;
    private Path directory;
    private Path keys;
    private final List<ApplicationServer> servers = new ArrayList<>();
    private final List<LstmApplication> applications = new ArrayList<>();
    private HttpClient client;

    @BeforeAll
    void start(@TempDir Path data) throws Exception {
        directory = data;
        broker = EmbeddedBroker.start(0, data.resolve("broker"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("events", PARTITIONS, (short) 1), new NewTopic("results", 1, (short) 1)))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        keys = new KeyPairs(data, "key-secret").make("server");
        publish(1);
        for (String instance : List.of("a", "b")) {
            LstmStreamsConfig config = config(instance, 0);
            ApplicationServer server = ApplicationServer.start(config);
            servers.add(server);
            LstmApplication application = LstmApplication.start(server.announce(config));
            applications.add(application);
            server.serve(application);
        }
        client = HttpClient.newBuilder()
                .sslContext(Access.of(config("client", 0).http()).tls())
                .build();
        ProgressTimeout.await("both have partitions", () -> partitions(0) == 2 && partitions(1) == 2);
    }

    @AfterAll
    void stop() {
        servers.forEach(ApplicationServer::close);
        applications.forEach(LstmApplication::close);
        if (producer != null) {
            producer.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private LstmStreamsConfig config(String instance, int port) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "application.id", "asked",
                "state.dir", directory.resolve("states-" + instance).toString(),
                "lstm.model.topic", "models",
                "lstm.input.topic", "events",
                "lstm.output.topic", "results",
                "lstm.output.include", "state,gates",
                "lstm.http.port", Integer.toString(port)));
        properties.putAll(Map.of(
                "lstm.http.tls.keystore.location", keys.toString(),
                "lstm.http.tls.keystore.password", "key-secret",
                "lstm.http.user", "ops",
                "lstm.http.password", "secret"));
        return LstmStreamsConfig.of(properties, Map.of());
    }

    private String publish(int seed) {
        Path file = directory.resolve("model-" + seed + ".safetensors");
        ModelFile.save(TinyModels.events(seed), file);
        return new ModelAdministration(config("publisher", 0))
                .publish(null, file.toString(), null)
                .id();
    }

    private int partitions(int instance) {
        return applications.get(instance).isRunning()
                ? applications
                        .get(instance)
                        .queries()
                        .currentState("nobody")
                        .partitions()
                        .size()
                : 0;
    }

    private void send(byte[] id, String event, long time) throws Exception {
        String value = event == null ? null : "{\"event\":\"" + event + "\"}";
        producer.send(new ProducerRecord<>("events", null, time, id, value == null ? null : value.getBytes(UTF_8)))
                .get();
    }

    /** Sends an event and returns its committed result. */
    private String step(String id, String event, long time) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> results =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("results", 0);
            results.assign(List.of(partition));
            results.seekToEnd(List.of(partition));
            results.position(partition);
            send(id.getBytes(UTF_8), event, time);
            List<String> found = new ArrayList<>();
            ProgressTimeout.await("there is a result", () -> {
                results.poll(Duration.ofMillis(50)).forEach(record -> {
                    if (new String(record.key(), UTF_8).equals(id) && record.timestamp() == time) {
                        found.add(new String(record.value(), UTF_8));
                    }
                });
                return !found.isEmpty();
            });
            return found.get(0);
        }
    }

    private HttpResponse<String> ask(int instance, String path, String body) throws Exception {
        String credentials = Base64.getEncoder().encodeToString("ops:secret".getBytes(UTF_8));
        URI address = URI.create(servers.get(instance).address() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Authorization", "Basic " + credentials);
        return client.send(
                (body == null ? request : request.POST(BodyPublishers.ofString(body))).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Returns the answer of both instances, which must be the same. */
    private HttpResponse<String> askBoth(String path, String body) throws Exception {
        HttpResponse<String> first = ask(0, path, body);
        HttpResponse<String> second = ask(1, path, body);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.statusCode()).isEqualTo(first.statusCode());
        return first;
    }

    @Test
    void shouldPredictTheStreamsResultAtBothInstances() throws Exception {
        long time = 1_700_000_000_000L;
        for (int i = 0; i < 6; i++) { // each instance has some of them
            String id = "foretold " + i % 3;
            String event = TinyModels.EVENTS.get(i % 5);
            String path = "/predict/" + id.replace(" ", "%20") + "?time=" + ++time;

            HttpResponse<String> foretold = askBoth(path, "{\"event\":\"" + event + "\"}");

            assertThat(foretold.statusCode()).isEqualTo(200);
            assertThat(foretold.body()).isEqualTo(step(id, event, time));
        }
    }

    @Test
    void shouldReturnTheCurrentStateAtBothInstances() throws Exception {
        for (int i = 0; i < 3; i++) {
            String id = "a/b?" + i;
            send(id.getBytes(UTF_8), "open", 1);
            String result = step(id, "read", 2);

            HttpResponse<String> current = askBoth("/sequences/" + URLEncoder.encode(id, UTF_8), null);

            assertThat(current.statusCode()).isEqualTo(200);
            JsonNode json = JSON.readTree(current.body());
            assertThat(json.has("missing")).isFalse();
            assertThat(json.path("verdict").path("maxRankAtStep").asInt()).isEqualTo(2);
            JSON.readTree(result)
                    .properties()
                    .forEach(field -> assertThat(json.path(field.getKey())).isEqualTo(field.getValue()));
        }
    }

    @Test
    void shouldListTheSequencesOfBothInstancesPageByPage() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            expected.add("listed-" + i);
            send(expected.get(i - 10).getBytes(UTF_8), "open", i);
        }
        send(new byte[] {(byte) 0xff, 1}, "open", 1);
        ProgressTimeout.await(
                "all are stored",
                () -> JSON.readTree(ask(0, "/sequences?prefix=listed-", null).body())
                                .path("sequences")
                                .size()
                        == 20);

        List<String> listed = new ArrayList<>();
        String next = "";
        while (next != null) {
            HttpResponse<String> answer = askBoth("/sequences?prefix=listed-&limit=7" + next, null);
            JsonNode page = JSON.readTree(answer.body());
            page.path("sequences").forEach(line -> {
                listed.add(line.path("sequence").asText());
                assertThat(line.path("step").asInt()).isEqualTo(1);
                assertThat(line.path("time").asInt()).isBetween(10, 29);
                assertThat(line.path("anomalous").asBoolean()).isFalse();
            });
            next = page.has("next") ? "&after=" + page.path("next").asText() : null;
        }

        assertThat(listed).isEqualTo(expected);
        ProgressTimeout.await(
                "the one without text is stored",
                () -> ask(1, "/sequences/0xff01", null).statusCode() == 200);
        ProgressTimeout.await(
                "the one without text is listed",
                () -> askBoth("/sequences?prefix=0xff&ids=true", null)
                        .body()
                        .equals("{\"sequences\":[{\"sequence\":\"0xff01\"}]}"));
    }

    /** Puts records into partitions as producers in other languages do. */
    @Test
    void shouldFindSequencesInAnyPartition() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            byte[] value = "{\"event\":\"open\"}".getBytes(UTF_8);
            String id = "put-" + partition;
            producer.send(new ProducerRecord<>("events", partition, id.getBytes(UTF_8), value))
                    .get();
            ProgressTimeout.await(
                    id + " is found", () -> ask(0, "/sequences/" + id, null).statusCode() == 200);

            assertThat(askBoth("/sequences/" + id, null).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldFindSequencesAfterTheirPartitionsHaveMoved() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            byte[] value = "{\"event\":\"open\"}".getBytes(UTF_8);
            producer.send(new ProducerRecord<>("events", partition, ("moved-" + partition).getBytes(UTF_8), value))
                    .get();
        }
        awaitAllMoved(1);

        servers.get(1).close();
        applications.get(1).close();
        awaitAllMoved(0);

        servers.set(1, ApplicationServer.start(config("b", 0)));
        applications.set(1, LstmApplication.start(servers.get(1).announce(config("b", 0))));
        servers.get(1).serve(applications.get(1));
        ProgressTimeout.await("both have partitions", () -> partitions(0) == 2 && partitions(1) == 2);
        awaitAllMoved(0);
        awaitAllMoved(1);
    }

    private void awaitAllMoved(int instance) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String path = "/sequences/moved-" + partition;
            ProgressTimeout.await(
                    path + " is found", () -> ask(instance, path, null).statusCode() == 200);
        }
        ProgressTimeout.await(
                "all are listed",
                () -> JSON.readTree(ask(instance, "/sequences?prefix=moved-", null)
                                        .body())
                                .path("sequences")
                                .size()
                        == PARTITIONS);
    }

    @Test
    void shouldReportThatASequenceDoesNotExist() throws Exception {
        step("ended", "open", 1);
        send("ended".getBytes(UTF_8), null, 2);

        assertThat(askBoth("/sequences/never-seen", null).statusCode()).isEqualTo(404);
        ProgressTimeout.await(
                "it has ended", () -> ask(0, "/sequences/ended", null).statusCode() == 404);
        HttpResponse<String> first = askBoth("/predict/never-seen?time=5", "{\"event\":\"read\"}");
        assertThat(JSON.readTree(first.body()).path("step").asInt()).isEqualTo(1);
    }

    @Test
    void shouldExplainWhyItCannotAnswer() throws Exception {
        step("asked", "open", 1);

        HttpResponse<String> unknown = askBoth("/predict/asked", "{\"event\":\"unheard-of\"}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("error");
        assertThat(askBoth("/predict/asked", "{\"event\":").statusCode()).isEqualTo(400);
        assertThat(askBoth("/predict/asked?time=x", "{\"event\":\"read\"}").statusCode())
                .isEqualTo(400);
        assertThat(askBoth("/predict/asked", " ".repeat((1 << 20) + 1)).statusCode())
                .isEqualTo(413);
        HttpResponse<String> get = askBoth("/predict/asked", null);
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("Allow")).hasValue("POST");
        assertThat(get.body()).contains("send POST with the value of a record as the body");
        assertThat(askBoth("/sequences?limit=0", null).statusCode()).isEqualTo(400);
        assertThat(askBoth("/sequences?after=%20", null).statusCode()).isEqualTo(400);
    }

    @Test
    void shouldForetellWithTheModelThatIsPublished() throws Exception {
        String id = publish(2);
        String path = "/predict/with%20the%20other?time=9";
        ProgressTimeout.await("both know of it", () -> {
            String first = ask(0, path, "{\"event\":\"read\"}").body();
            return first.contains(id)
                    && first.equals(ask(1, path, "{\"event\":\"read\"}").body());
        });

        String foretold = askBoth(path, "{\"event\":\"read\"}").body();

        assertThat(foretold).isEqualTo(step("with the other", "read", 9));
    }

    /** If an instance is dead, the others answer that they cannot know, and not that a sequence does not exist. */
    @Test
    void shouldNotMistakeSilenceForAMissingSequence() throws Exception {
        int port = servers.get(1).address().getPort();
        servers.get(1).close();

        HttpResponse<String> list = ask(0, "/sequences", null);
        HttpResponse<String> unknown = ask(0, "/sequences/never-seen", null);

        for (HttpResponse<String> answer : List.of(list, unknown)) {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body()).contains("127.0.0.1:" + port + " does not answer");
        }
        servers.set(1, ApplicationServer.start(config("b", port)));
        servers.get(1).serve(applications.get(1));
        assertThat(askBoth("/sequences/never-seen", null).statusCode()).isEqualTo(404);
    }
}
