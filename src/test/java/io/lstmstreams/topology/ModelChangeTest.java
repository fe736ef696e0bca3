package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.event;
import static io.lstmstreams.topology.DrivenTopology.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.config.ModelChange;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.TestNetwork;
import io.lstmstreams.topology.LstmTopology.Shadow;
import io.lstmstreams.topology.ModelChangeOracle.Sent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes of the active model while sequences are live. */
class ModelChangeTest {
    private static final long T = DrivenTopology.START.toEpochMilli();

    static final StepOptions OPTIONS = StepOptions.DEFAULTS.results(1, Set.of()).publishedModels("default", null);

    private final PublishedModels models = new PublishedModels();

    /** Returns a model of the same shape for each number. */
    private static ModelVersion version(int number) {
        return ModelVersion.of(sha256(number), TinyModels.events(number), Kernels.named("scalar"));
    }

    private static String sha256(int number) {
        return String.format("%064x", number).replaceFirst("^0{16}", String.format("%016x", 0xabcdef0000L + number));
    }

    private DrivenTopology topology(String policy, String... more) {
        Map<String, String> config = new HashMap<>(Map.of("lstm.model.topic", "models", "lstm.model.change", policy));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return new DrivenTopology(models, null, config);
    }

    private static TestRecord<byte[], byte[]> record(String key, String symbol, long time) {
        return new TestRecord<>(
                key.getBytes(UTF_8), symbol == null ? null : event(symbol).getBytes(UTF_8), new RecordHeaders(), time);
    }

    @ParameterizedTest
    @CsvSource({"finish-old,1,3", "restart,2,1", "carry,2,3"})
    void shouldDealWithALiveSequenceAsTheConfigurationSays(String policy, int model, int step) {
        models.publish("default", version(1));
        try (DrivenTopology topology = topology(policy)) {
            // Given
            topology.send("a", event("open"));
            topology.send("a", event("read"));

            // When
            models.publish("default", version(2));
            topology.send("a", event("write"));
            topology.send("b", event("open"));

            // Then
            List<String> results = topology.results();
            assertThat(results.get(1)).contains("\"model\":\"" + version(1).name() + "\"");
            assertThat(results.get(2))
                    .contains("\"model\":\"" + version(model).name() + "\"", "\"step\":" + step + ",");
            assertThat(results.get(3)).contains("\"model\":\"" + version(2).name() + "\"", "\"step\":1,");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteTheResultsOfTheModelsThatTheyName(ModelChange policy) throws IOException {
        // Given
        List<ModelVersion> versions =
                IntStream.rangeClosed(1, 51).mapToObj(ModelChangeTest::version).toList();
        SplittableRandom random = new SplittableRandom(policy.ordinal());
        List<TestRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            String symbol = random.nextInt(12) == 0 ? null : TinyModels.EVENTS.get(random.nextInt(5));
            records.add(record("sequence " + random.nextInt(20), symbol, T + i));
        }
        models.publish("default", versions.get(0));
        Map<String, List<Sent>> sent = new TreeMap<>();
        Map<String, List<String>> came = new HashMap<>();
        try (DrivenTopology topology =
                topology(policy.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
            // When
            for (int i = 0; i < records.size(); i++) {
                if (i % 60 == 0) {
                    topology.fetch(i, records.subList(i, Math.min(records.size(), i + 60)));
                }
                if (i % 79 == 78) {
                    models.publish("default", versions.get((i + 1) / 79));
                }
                TestRecord<byte[], byte[]> record = records.get(i);
                topology.send(record);
                String key = new String(record.key(), UTF_8);
                String symbol = record.value() == null ? null : new String(record.value(), UTF_8).split("\"")[3];
                sent.computeIfAbsent(key, any -> new ArrayList<>()).add(new Sent(symbol, record.timestamp()));
                List<String> outputs = came.computeIfAbsent(key, any -> new ArrayList<>());
                outputs.addAll(topology.results());
                outputs.addAll(topology.verdicts());
            }
            assertThat(topology.metrics().statesUnreadable().sum()).isZero();
        }

        // Then
        ModelChangeOracle oracle = new ModelChangeOracle(policy, versions);
        int changes = 0;
        for (String sequence : sent.keySet()) {
            changes += oracle.check(sequence, sent.get(sequence), came.get(sequence));
        }
        assertThat(changes).isGreaterThanOrEqualTo(policy == ModelChange.FINISH_OLD ? 0 : 300);
        long models = came.values().stream()
                .flatMap(List::stream)
                .map(output -> output.replaceAll(".*\"model\":\"(.*?)\".*", "$1"))
                .distinct()
                .count();
        assertThat(models).isGreaterThan(40);
    }

    @Test
    void shouldRestartIfTheShapeDiffers() {
        models.publish("default", version(1));
        Network other = TestNetwork.ofEvents(9, 6, 7);
        Model wider = new Model(other, Vocabulary.of(6, TinyModels.EVENTS, "<end>", null));
        try (DrivenTopology topology = topology("carry")) {
            // Given
            topology.send("a", event("open"));

            // When
            models.publish("default", ModelVersion.of(sha256(2), wider, Kernels.named("scalar")));
            topology.send("a", event("read"));

            // Then
            assertThat(topology.results()).last().asString().contains("\"step\":1,");
            assertThat(topology.metrics().statesDiscarded().sum()).isEqualTo(1);
        }
    }

    @Test
    void shouldRestartIfTheOldModelIsNotAvailable() {
        models.publish("default", version(1));
        try (DrivenTopology topology = topology("finish-old")) {
            // Given
            topology.send("a", event("open"));
            byte[] stored = topology.stored("a");
            topology.send("a", null);
            models.withdraw(version(1));
            models.publish("default", version(2));
            topology.store().put(Bytes.wrap("b".getBytes(UTF_8)), stored);

            // When
            topology.send("c", event("open"));
            topology.send("b", event("read"));

            // Then: the old model was still available here, as long as the task used it
            assertThat(topology.results())
                    .last()
                    .asString()
                    .contains("\"step\":2,", version(1).name());
        }
        try (DrivenTopology elsewhere = topology("finish-old")) {
            elsewhere.store().put(Bytes.wrap("b".getBytes(UTF_8)), state(1));
            elsewhere.send("b", event("read"));
            assertThat(elsewhere.results())
                    .last()
                    .asString()
                    .contains("\"step\":1,", version(2).name());
            assertThat(elsewhere.metrics().statesDiscarded().sum()).isEqualTo(1);
        }
    }

    private static byte[] state(int number) {
        PublishedModels one = new PublishedModels();
        one.publish("default", version(number));
        try (DrivenTopology topology = new DrivenTopology(one, null, Map.of("lstm.model.topic", "models"))) {
            topology.send("b", event("open"));
            return topology.stored("b");
        }
    }

    @Test
    void shouldEndIdleSequencesWithTheModelThatTheyHave() {
        models.publish("default", version(1));
        for (String policy : List.of("finish-old", "restart", "carry")) {
            try (DrivenTopology topology = topology(policy, "lstm.sequence.idle.timeout.ms", "60000")) {
                // Given
                String model = models.active("default").version().name();
                topology.send("a", event("open"));
                models.publish("default", version(policy.length()));

                // When
                topology.send("b", event("open"));
                topology.passTime(Duration.ofSeconds(61));

                // Then
                assertThat(topology.verdicts()).first().asString().contains("\"ended\":\"idle\"", model);
            }
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldProcessEachSequenceWithTheModelThatItsRecordsChoose() {
        models.publish("default", version(1));
        models.publish("other", version(2));
        try (DrivenTopology topology = topology("finish-old", "lstm.model.choice", "header:model")) {
            // When
            topology.send("a", event("open"), headers("model", "other"));
            topology.send("b", event("open"));
            topology.send("a", event("read")); // keeps its model
            topology.send("b", event("read"), headers("model", "default"));
            topology.send("a", event("write"), headers("model", "default")); // not before its end
            topology.send("c", event("open"), headers("model", "nobody"));
            topology.send("a", event("write"), headers("model", "default", "lstm.sequence", "start"));

            // Then
            assertThat(topology.results())
                    .extracting(result -> result.contains(version(1).name()) ? 1 : 2)
                    .containsExactly(2, 1, 2, 1, 1);
            assertThat(topology.readRecords("dead-letters"))
                    .extracting(letter -> new String(
                            letter.headers()
                                    .lastHeader("__streams.errors.message")
                                    .value(),
                            UTF_8))
                    .containsExactly(
                            "the record chooses another model than its sequence has, which has not ended",
                            "the record chooses a model that does not exist");
        }
    }

    @Test
    void shouldCarryASequenceToTheNewModelOfItsName() {
        models.publish("default", version(1));
        models.publish("other", version(2));
        try (DrivenTopology topology = topology("carry", "lstm.model.choice", "field:/model")) {
            // When
            topology.send("a", "{\"event\":\"open\",\"model\":\"other\"}");
            models.publish("default", version(3));
            models.publish("other", version(4));
            topology.send("a", event("read"));

            // Then
            assertThat(topology.results())
                    .last()
                    .asString()
                    .contains("\"step\":2,", version(4).name());
        }
    }

    /**
     * A task stores the model that it has changed to, so an instance that has not read the publication yet continues
     * with the same model.
     */
    @Test
    void shouldContinueWithTheModelThatTheTaskHadOnAnotherInstance() {
        models.publish("default", version(1));
        try (DrivenTopology topology = topology("finish-old")) {
            // Given
            topology.send("a", event("open"));
            models.publish("default", version(2));
            topology.send("b", event("open"));

            // When
            PublishedModels behind = new PublishedModels();
            behind.publish("default", version(1));
            behind.offer(version(2));
            TaskModels elsewhere = new TaskModels(behind, OPTIONS);
            elsewhere.open(new TaskId(0, 0), topology.modelsStore());

            // Then
            assertThat(elsewhere.active(null).version().name())
                    .isEqualTo(version(2).name());
            assertThat(elsewhere.refresh()).isFalse();
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldProcessTheSameEventsByAShadowWithItsOwnStatesAndTopics() {
        // Given
        models.publish("default", version(1));
        StreamMetrics metrics = new StreamMetrics();
        Model few = TinyModels.indexes(); // which does not know the names of events
        for (ModelVersion second : List.of(version(2), ModelVersion.of(sha256(3), few, Kernels.named("scalar")))) {
            Shadow shadow = new Shadow(Models.only(second), metrics);
            try (DrivenTopology topology = new DrivenTopology(
                    models,
                    shadow,
                    Map.of(
                            "lstm.model.topic", "models",
                            "lstm.shadow.model", "shadow.safetensors",
                            "lstm.shadow.output.topic", "shadow-results",
                            "lstm.shadow.verdict.topic", "shadow-verdicts"))) {
                // When
                topology.send("a", event("open"));
                topology.send("a", event("read"));
                topology.send("a", "nonsense");
                topology.send("a", null);

                // Then
                boolean knows = second.id() == version(2).id();
                assertThat(topology.results())
                        .hasSize(2)
                        .allMatch(result -> result.contains(version(1).name()));
                assertThat(topology.read("shadow-results"))
                        .hasSize(knows ? 2 : 0)
                        .allMatch(result -> result.contains(second.name()));
                assertThat(topology.verdicts()).hasSize(1);
                assertThat(topology.read("shadow-verdicts")).hasSize(knows ? 1 : 0);
                assertThat(topology.readRecords("dead-letters")).hasSize(1);
                assertThat(metrics.deadLetters().sum()).isEqualTo(knows ? 1 : 4);
            }
        }
    }

    @Test
    void shouldContinueFromStatesThatAreOlderThanTheModelsTopic() {
        models.publish("default", version(1));
        byte[] stored;
        try (DrivenTopology before = new DrivenTopology(TinyModels.events(1), Map.of())) {
            before.send("a", event("open"));
            stored = before.stored("a");
        }
        try (DrivenTopology topology = topology("finish-old")) {
            // When
            topology.store().put(Bytes.wrap("a".getBytes(UTF_8)), stored);
            topology.send("a", event("read"));

            // Then
            assertThat(topology.results()).singleElement().asString().contains("\"step\":2,");
        }
    }
}
