package io.lstmstreams.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.cli.JavaProcess;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.runtime.ModelAdministration.Published;
import io.lstmstreams.topology.ModelChangeOracle;
import io.lstmstreams.topology.ModelChangeOracle.Sent;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.TinyModels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Models that are published to a topic while applications run. {@code -Dmodel.swaps=50} makes more changes than each
 * build.
 */
class ModelTopicIT {
    private static final int SWAPS = Integer.getInteger("model.swaps", 8);
    private static final int SEQUENCES_A_SWAP = 60;
    private static final int PARTITIONS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static EmbeddedBroker embedded;

    private final String id = "models-" + UUID.randomUUID();
    private final String input = id + "-events";
    private final String results = id + "-results";
    private final String verdicts = id + "-verdicts";
    private final String models = id + "-models";

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
        broker.createTopic(input, PARTITIONS);
    }

    private Map<String, String> properties(String instance, Map<String, String> more) {
        Map<String, String> properties = new TreeMap<>(more);
        properties.put("application.id", id);
        properties.put("bootstrap.servers", embedded.bootstrapServers());
        properties.put("state.dir", directory.resolve("states-" + instance).toString());
        properties.put("lstm.model.topic", models);
        properties.put("lstm.input.topic", input);
        properties.put("lstm.output.topic", results);
        properties.put("lstm.verdict.topic", verdicts);
        properties.put("lstm.kernel", "scalar");
        properties.put("session.timeout.ms", "6000");
        properties.put("heartbeat.interval.ms", "1500");
        return properties;
    }

    private LstmStreamsConfig config(Map<String, String> more) {
        return LstmStreamsConfig.of(properties("a", more), Map.of());
    }

    private LstmApplication start(Map<String, String> more) throws InterruptedException {
        LstmApplication application = LstmApplication.start(config(more));
        application.awaitRunning(ProgressTimeout.LIMIT);
        return application;
    }

    private JavaProcess startProcess(Map<String, String> more) throws IOException {
        String lines = properties("b", more).entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\n"));
        return JavaProcess.main(
                directory,
                "run",
                Files.writeString(directory.resolve("b.properties"), lines).toString());
    }

    private ModelAdministration administration() {
        return new ModelAdministration(config(Map.of()));
    }

    /** Saves a model with a number and publishes it; its id is that of its file. */
    private ModelVersion publish(int number) {
        Path file = directory.resolve("model-" + number + ".safetensors");
        ModelFile.save(TinyModels.events(number), file);
        Manifest manifest = administration().publish(null, file.toString(), null);
        return ModelVersion.of(manifest.sha256(), TinyModels.events(number), Kernels.named("scalar"));
    }

    private ProducerRecord<byte[], byte[]> record(String sequence, Sent sent) {
        byte[] value = sent.event() == null ? null : ("{\"event\":\"" + sent.event() + "\"}").getBytes(UTF_8);
        return new ProducerRecord<>(input, null, sent.time(), sequence.getBytes(UTF_8), value);
    }

    private List<ConsumerRecord<byte[], byte[]>> readResult(int atLeast) {
        return broker.read(results, found -> found.size() >= atLeast);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    /**
     * Runs sequences that start before a change and continue after it, on two instances, one of which is killed and
     * returns.
     */
    @ParameterizedTest
    @EnumSource
    void shouldWriteTheResultsOfTheModelsThatTheyNameWhileModelsChangeUnderLoad(ModelChange policy) throws Exception {
        // Given
        Map<String, String> more = Map.of(
                "lstm.model.change", policy.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        SplittableRandom random = new SplittableRandom(policy.ordinal());
        List<ModelVersion> published = new ArrayList<>(List.of(publish(1)));
        Map<String, List<Sent>> sent = new TreeMap<>();
        List<String> live = new ArrayList<>();
        long time = 1_700_000_000_000L;
        try (LstmApplication application = start(more);
                JavaProcess first = startProcess(more)) {
            ProgressTimeout.await("both have partitions", () -> broker.workers(id) == 2);
            JavaProcess second = null;

            // When
            for (int swap = 0; swap <= SWAPS; swap++) {
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
                for (int i = 0; i < SEQUENCES_A_SWAP; i++) {
                    live.add("sequence " + swap + "-" + i);
                }
                for (int i = 0; i < 6 * SEQUENCES_A_SWAP; i++) {
                    String sequence = live.get(random.nextInt(live.size()));
                    boolean ends = random.nextInt(7) == 0 || (swap == SWAPS && i > 5 * SEQUENCES_A_SWAP);
                    Sent next = new Sent(ends ? null : TinyModels.EVENTS.get(random.nextInt(5)), time++);
                    sent.computeIfAbsent(sequence, any -> new ArrayList<>()).add(next);
                    records.add(record(sequence, next));
                    if (ends) {
                        live.remove(sequence);
                    }
                }
                broker.send(records);
                if (swap < SWAPS) {
                    published.add(publish(swap + 2));
                    int changes = swap + 1;
                    ProgressTimeout.await(
                            "it has changed",
                            () -> application.metrics().modelChanges().sum() >= changes);
                }
                if (swap == SWAPS / 3) {
                    first.kill();
                } else if (swap == 2 * SWAPS / 3) {
                    second = startProcess(more);
                }
            }
            long events = sent.values().stream()
                    .flatMap(List::stream)
                    .filter(one -> one.event() != null)
                    .count();
            long ended = sent.values().stream()
                    .filter(one -> one.size() > 1 && one.get(one.size() - 1).event() == null)
                    .count();
            readResult((int) events);
            broker.read(verdicts, found -> found.size() >= ended);
            second.close();
        }

        // Then
        Map<String, List<String>> came = new HashMap<>();
        List<ConsumerRecord<byte[], byte[]>> steps = broker.readAll(results);
        steps.forEach(result -> came.computeIfAbsent(text(result.key()), any -> new ArrayList<>())
                .add(text(result.value())));
        broker.readAll(verdicts)
                .forEach(verdict -> came.computeIfAbsent(text(verdict.key()), any -> new ArrayList<>())
                        .add(text(verdict.value())));
        ModelChangeOracle oracle = new ModelChangeOracle(policy, published);
        int changes = 0;
        for (Map.Entry<String, List<Sent>> sequence : sent.entrySet()) {
            changes += oracle.check(
                    sequence.getKey(), sequence.getValue(), came.getOrDefault(sequence.getKey(), List.of()));
        }
        assertThat((policy == ModelChange.FINISH_OLD) || (changes > SWAPS)).isTrue();
        assertThatNewSequencesNeverGoBack(steps, published);
    }

    /**
     * Asserts that, after a partition has changed to a model, none of its later sequences starts with an older model.
     */
    private static void assertThatNewSequencesNeverGoBack(
            List<ConsumerRecord<byte[], byte[]>> steps, List<ModelVersion> published) throws IOException {
        List<String> names = published.stream().map(ModelVersion::name).toList();
        Map<Integer, Integer> newest = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> step : steps) {
            JsonNode result = JSON.readTree(step.value());
            if (result.path("step").asInt() == 1) {
                int model = names.indexOf(result.path("model").asText());
                assertThat(model).isGreaterThanOrEqualTo(newest.getOrDefault(step.partition(), 0));
                newest.put(step.partition(), model);
            }
        }
        assertThat(newest.values()).contains(SWAPS);
    }

    @Test
    void shouldContinueWithTheOldModelIfTheNewOneCannotBeUsed() throws Exception {
        // Given
        ModelVersion good = publish(1);
        try (LstmApplication application = start(Map.of())) {
            // When: a file that does not exist, a file that is not a model, a URI that is not allowed, and records of
            // no kind
            String nowhere = "1".repeat(64);
            broker.send(List.of(
                    raw("active/default", "{\"sha256\":\"" + nowhere + "\"}"),
                    raw("active/default", "{\"sha256\":"),
                    raw("model/default/" + nowhere, "[]"),
                    raw("chunk/x/y", "z"),
                    raw("", "")));
            ProgressTimeout.await(
                    "it was refused",
                    () -> application.metrics().modelsRefused().sum() == 1);
            String sha256 = "2".repeat(64);
            broker.send(List.of(
                    raw("chunk/" + sha256 + "/0", "not a model"),
                    raw("model/default/" + sha256, manifest(11, null)),
                    raw("active/default", "{\"sha256\":\"" + sha256 + "\"}")));
            ProgressTimeout.await(
                    "it was refused",
                    () -> application.metrics().modelsRefused().sum() == 2);
            String other = "3".repeat(64);
            broker.send(List.of(
                    raw("model/default/" + other, manifest(11, "file:/dev/zero")),
                    raw("active/default", "{\"sha256\":\"" + other + "\"}")));
            ProgressTimeout.await(
                    "it was refused",
                    () -> application.metrics().modelsRefused().sum() == 3);
            broker.send(List.of(record("a", new Sent("open", 1))));

            // Then
            assertThat(text(readResult(1).get(0).value())).contains(good.name());
            assertThat(application.metrics().modelChanges().sum()).isZero();
        }

        // Then: and after a start, too
        try (LstmApplication application = start(Map.of())) {
            broker.send(List.of(record("a", new Sent("read", 2))));
            assertThat(text(readResult(2).get(1).value())).contains("\"step\":2,", good.name());
        }
    }

    private ProducerRecord<byte[], byte[]> raw(String key, String value) {
        return new ProducerRecord<>(models, 0, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static String manifest(long bytes, String uri) {
        return "{\"bytes\":" + bytes + ",\"fingerprint\":\"" + "0".repeat(32) + "\",\"model\":\"m\",\"published\":1"
                + (uri == null ? "" : ",\"uri\":\"" + uri + "\"") + "}";
    }

    @Test
    void shouldFetchAModelFromAUriThatIsAllowed() throws Exception {
        // Given
        publish(1);
        Path file = directory.resolve("elsewhere.safetensors");
        ModelFile.save(TinyModels.events(2), file);
        String uri = file.toUri().toString();

        // When
        Manifest manifest = administration().publish(null, file.toString(), uri);

        // Then
        try (LstmApplication application = start(Map.of("lstm.model.topic.uris", "https:,file:"))) {
            broker.send(List.of(record("a", new Sent("open", 1))));
            assertThat(text(readResult(1).get(0).value())).contains(manifest.id());
        }
    }

    @Test
    void shouldWaitForTheModelOfALiveSequenceThatCannotBeFetchedNow() throws Exception {
        // Given a sequence of a model whose file is not available while its instance restarts
        Path file = directory.resolve("elsewhere.safetensors");
        ModelFile.save(TinyModels.events(2), file);
        Manifest manifest =
                administration().publish(null, file.toString(), file.toUri().toString());
        Map<String, String> uris = Map.of("lstm.model.topic.uris", "file:");
        try (LstmApplication application = start(uris)) {
            broker.send(List.of(record("a", new Sent("open", 1))));
            readResult(1);
        }
        ModelVersion young = publish(1);
        Path away = Files.move(file, directory.resolve("away"));

        // When
        try (LstmApplication application = start(uris)) {
            broker.send(List.of(record("a", new Sent("read", 2))));
            Thread.sleep(1500); // more than one attempt
            Files.move(away, file);

            // Then
            assertThat(text(readResult(2).get(1).value())).contains("\"step\":2,", manifest.id());
            broker.send(List.of(record("b", new Sent("open", 3))));
            List<String> results =
                    readResult(3).stream().map(result -> text(result.value())).toList();
            assertThat(results).anySatisfy(result -> assertThat(result).contains("\"sequence\":\"b\"", young.name()));
        }
    }

    @Test
    void shouldGoBackToAnOlderModel() throws Exception {
        // Given
        ModelVersion old = publish(1);
        ModelVersion young = publish(2);
        assertThat(administration().list())
                .extracting(one -> one.manifest().sha256(), Published::active)
                .containsExactly(tuple(young.sha256(), true), tuple(old.sha256(), false));
        try (LstmApplication application = start(Map.of())) {
            // When
            Manifest active = administration().rollback(null, null);
            ProgressTimeout.await(
                    "it has changed", () -> application.metrics().modelChanges().sum() == 1);
            broker.send(List.of(record("a", new Sent("open", 1))));

            // Then
            assertThat(active.sha256()).isEqualTo(old.sha256());
            assertThat(text(readResult(1).get(0).value())).contains(old.name());
            assertThatThrownBy(() -> administration().rollback(null, null))
                    .hasMessage("no model default was published before the active one, and lstm.model is not set");
        }
    }

    @Test
    void shouldStartWithTheConfiguredModelUntilTheTopicNamesOne() throws Exception {
        // Given
        Path file = directory.resolve("first.safetensors");
        ModelFile.save(TinyModels.events(7), file);
        try (LstmApplication application = start(Map.of("lstm.model", file.toString()))) {
            broker.send(List.of(record("a", new Sent("open", 1))));
            String first = text(readResult(1).get(0).value());

            // When
            ModelVersion second = publish(8);
            ProgressTimeout.await(
                    "it has changed", () -> application.metrics().modelChanges().sum() == 1);
            broker.send(List.of(record("a", new Sent("read", 2)), record("b", new Sent("open", 3))));

            // Then
            Map<String, String> last = readResult(3).stream()
                    .collect(Collectors.toMap(
                            result -> text(result.key()), result -> text(result.value()), (x, y) -> y));
            String model = first.replaceAll(".*\"model\":\"(\\w+)\".*", "$1");
            assertThat(last.get("a")).contains("\"step\":2,", model);
            assertThat(last.get("b")).contains(second.name());
        }
    }

    @Test
    void shouldExplainTheRemedyIfThereIsNoModel() {
        assertThatThrownBy(() -> start(Map.of()))
                .isInstanceOf(ApplicationException.class)
                .hasMessage("the models topic " + models + " has no usable model default: publish one with"
                        + " `lstm-streams model publish`, or set lstm.model");
    }
}
