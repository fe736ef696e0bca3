package io.lstmstreams.topology;

import static io.lstmstreams.topology.DrivenTopology.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The supplier in users' topologies, with keys and values of their own types. */
class LibraryUseTest {
    private static final Consumed<String, String> STRINGS = Consumed.with(Serdes.String(), Serdes.String());

    @TempDir
    Path directory;

    private final Model model = TinyModels.events();
    private final Reference reference = new Reference(model, Kernels.auto(), OutputConfig.TOP_K_DEFAULT, Set.of());
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Properties properties = new Properties();

    @BeforeEach
    void configure() {
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "theirs");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG, directory.resolve("states").toString());
    }

    private TopologyTestDriver run() {
        return new TopologyTestDriver(builder.build(), properties, DrivenTopology.START);
    }

    private static TestInputTopic<String, String> input(TopologyTestDriver driver) {
        return driver.createInputTopic(
                "clicks", new StringSerializer(), new StringSerializer(), DrivenTopology.START, Duration.ofMillis(1));
    }

    private static List<KeyValue<String, String>> read(TopologyTestDriver driver, String topic) {
        return driver.createOutputTopic(topic, new StringDeserializer(), new StringDeserializer())
                .readKeyValuesToList();
    }

    private String json(SequenceOutput output) {
        return new String(new OutputJson(model.vocabulary()).write(output), StandardCharsets.UTF_8);
    }

    private static long time(int record) {
        return DrivenTopology.START.toEpochMilli() + record;
    }

    @Test
    void shouldProcessRecordsOfBytesInOneLine() {
        // Given
        Path file = directory.resolve("model.safetensors");
        ModelFile.save(model, file);
        KStream<byte[], byte[]> events =
                builder.stream("clicks", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()));

        KStream<byte[], SequenceOutput> results =
                events.process(LstmProcessorSupplier.of(ModelFile.load(file.toString())));

        results.mapValues(this::json).to("outputs", Produced.with(Serdes.ByteArray(), Serdes.String()));
        try (TopologyTestDriver driver = run()) {
            // When
            input(driver).pipeInput("a", "{\"event\":\"open\"}");
            input(driver).pipeInput("a", "{\"event\":\"read\",\"end\":true}");

            // Then
            assertThat(read(driver, "outputs")).extracting(record -> record.key).containsExactly("a", "a", "a");
        }
    }

    @Test
    void shouldProcessRecordsOfTheUsersTypes() {
        // Given
        KStream<String, String> clicks = builder.stream("clicks", STRINGS);

        KStream<String, SequenceOutput> results = clicks.process(LstmProcessorSupplier.of(
                model, Serdes.String(), (String click) -> Decoded.of(new Event.Symbol(click.strip()))));

        results.filter((user, output) -> output instanceof Prediction)
                .mapValues(this::json)
                .to("predictions", Produced.with(Serdes.String(), Serdes.String()));
        results.filter((user, output) -> output instanceof Verdict)
                .mapValues(this::json)
                .to("verdicts", Produced.with(Serdes.String(), Serdes.String()));
        try (TopologyTestDriver driver = run()) {
            TestInputTopic<String, String> input = input(driver);

            // When
            input.pipeInput("ann", " open");
            input.pipeInput("bob", "write");
            input.pipeInput("ann", "read ");
            input.pipeInput("ann", (String) null);
            input.pipeInput(new TestRecord<>("bob", "close", headers("lstm.sequence", "end"), time(9)));

            // Then
            assertThat(read(driver, "predictions"))
                    .containsExactly(
                            KeyValue.pair("ann", reference.step("ann", time(0), "open")),
                            KeyValue.pair("bob", reference.step("bob", time(1), "write")),
                            KeyValue.pair("ann", reference.step("ann", time(2), "read")),
                            KeyValue.pair("bob", reference.step("bob", time(9), "close")));
            assertThat(read(driver, "verdicts"))
                    .containsExactly(
                            KeyValue.pair("ann", reference.end("ann", Verdict.Ended.END_RECORD)),
                            KeyValue.pair("bob", reference.end("bob", Verdict.Ended.END_RECORD)));
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldSendBadRecordsToTheirDeadLettersWithOurHandler() {
        // Given
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class.getName());
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "their-dead-letters");
        buildTyped();
        try (TopologyTestDriver driver = run()) {
            TestInputTopic<String, String> input = input(driver);

            // When
            input.pipeInput("ann", "open");
            input.pipeInput("ann", "refused by their decoder");
            input.pipeInput("ann", "read");

            // Then
            assertThat(read(driver, "their-dead-letters"))
                    .containsExactly(KeyValue.pair("ann", "refused by their decoder"));
            assertThat(read(driver, "outputs"))
                    .containsExactly(
                            KeyValue.pair("ann", reference.step("ann", time(0), "open")),
                            KeyValue.pair("ann", reference.step("ann", time(2), "read")));
        }
    }

    @Test
    void shouldSkipBadRecordsWithOurHandlerIfNoTopicIsNamed() {
        // Given
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        buildTyped();
        try (TopologyTestDriver driver = run()) {
            // When
            input(driver).pipeInput("ann", "refused by their decoder");
            input(driver).pipeInput("ann", "open");

            // Then
            assertThat(read(driver, "outputs"))
                    .containsExactly(KeyValue.pair("ann", reference.step("ann", time(0), "open")));
        }
    }

    @Test
    void shouldStopAtABadRecordWithoutOurHandler() {
        // Given
        buildTyped();
        try (TopologyTestDriver driver = run()) {
            assertThatThrownBy(() -> input(driver).pipeInput("ann", "refused by their decoder"))
                    .hasRootCauseInstanceOf(BadEventException.class);
        }
    }

    @Test
    @Tag("newer-kafka")
    void shouldStopAtABugInTheirDecoderEvenWithOurHandler() {
        // Given
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        properties.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "their-dead-letters");
        builder.stream("clicks", STRINGS).process(LstmProcessorSupplier.of(model, Serdes.String(), (String click) -> {
            throw new UnsupportedOperationException("a bug");
        }));
        try (TopologyTestDriver driver = run()) {
            assertThatThrownBy(() -> input(driver).pipeInput("ann", "open")).hasRootCauseMessage("a bug");
        }
    }

    private void buildTyped() {
        builder.stream("clicks", STRINGS)
                .process(LstmProcessorSupplier.of(model, Serdes.String(), LibraryUseTest::decode))
                .mapValues(this::json)
                .to("outputs", Produced.with(Serdes.String(), Serdes.String()));
    }

    private static Decoded decode(String click) {
        if (click.contains(" ")) {
            throw new BadEventException("a click is one word");
        }
        return Decoded.of(new Event.Symbol(click));
    }

    @Test
    void shouldRunTwoModelsInOneTopologyWithSeparateStores() {
        // Given
        StreamMetrics metrics = new StreamMetrics();
        KStream<String, String> clicks = builder.stream("clicks", STRINGS);
        for (int seed = 1; seed <= 2; seed++) {
            Model each = TinyModels.events(seed);
            clicks.process(LstmProcessorSupplier.builder(each, Serdes.String(), LibraryUseTest::decode)
                            .kernel(Kernels.named("scalar"))
                            .options(StepOptions.DEFAULTS
                                    .storeName("model-" + seed)
                                    .results(1, Set.of(Include.LOGITS))
                                    .unknownEvents(UnknownEvents.SKIP)
                                    .ends(Duration.ofMinutes(1), 2))
                            .services(new StepServices().metrics(metrics))
                            .build())
                    .mapValues(this::json)
                    .to("outputs-" + seed, Produced.with(Serdes.String(), Serdes.String()));
        }
        try (TopologyTestDriver driver = run()) {
            // When
            TestInputTopic<String, String> input = input(driver);
            input.pipeInput("ann", "open");
            input.pipeInput("ann", "unheard-of");
            input.pipeInput("ann", "read");
            input.pipeInput("bob", "open");
            driver.advanceWallClockTime(Duration.ofSeconds(61));

            // Then
            for (int seed = 1; seed <= 2; seed++) {
                Reference each = new Reference(TinyModels.events(seed), 1, Set.of(Include.LOGITS));
                assertThat(read(driver, "outputs-" + seed))
                        .extracting(record -> record.value)
                        .containsExactly(
                                each.step("ann", time(0), "open"),
                                each.step("ann", time(2), "read"),
                                each.end("ann", Verdict.Ended.MAX_STEPS),
                                each.step("bob", time(3), "open"),
                                each.end("bob", Verdict.Ended.IDLE));
            }
            assertThat(metrics.steps().sum()).isEqualTo(6);
            assertThat(metrics.unknownEvents().sum()).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseToEndSequencesBeforeTheirTime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StepOptions.DEFAULTS.ends(Duration.ofMillis(-1), 0))
                .withMessageContaining("zero for never");
        assertThatIllegalArgumentException().isThrownBy(() -> StepOptions.DEFAULTS.ends(Duration.ZERO, -1));
    }
}
