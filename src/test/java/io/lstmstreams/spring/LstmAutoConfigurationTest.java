package io.lstmstreams.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.Decoded;
import io.lstmstreams.event.Event;
import io.lstmstreams.input.Model;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.topology.DeadLetterHandler;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.LstmProcessorSupplier;
import io.lstmstreams.topology.SendFailureHandler;
import io.lstmstreams.topology.StepOptions;
import io.lstmstreams.topology.StepServices;
import io.lstmstreams.topology.TinyModels;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.kafka.annotation.EnableKafkaStreams;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.springframework.kafka.core.KafkaAdmin.NewTopics;

class LstmAutoConfigurationTest {
    private static final String DEAD_LETTER_TOPIC = "errors.dead.letter.queue.topic.name";

    @TempDir
    Path directory;

    private ApplicationContextRunner application;

    /** A user's topology. */
    @Configuration(proxyBeanMethods = false)
    @EnableKafkaStreams
    static class Results {
        @Bean
        KStream<byte[], SequenceOutput> results(
                StreamsBuilder builder, LstmProcessorSupplier<byte[], byte[]> lstm, Model model) {
            KStream<byte[], SequenceOutput> results = builder.stream(
                            "events", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                    .process(lstm);
            OutputJson json = new OutputJson(model.vocabulary());
            results.mapValues(json::write).to("results", Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
            return results;
        }
    }

    /** A user's topology with types of their own. */
    @Configuration(proxyBeanMethods = false)
    @EnableKafkaStreams
    static class OwnTypes {
        @Bean
        LstmProcessorSupplier<String, String> lstm(Model model, StepOptions options, StepServices services) {
            return LstmProcessorSupplier.builder(
                            model, Serdes.String(), (String click) -> Decoded.of(new Event.Symbol(click)))
                    .options(options)
                    .services(services)
                    .build();
        }

        @Bean
        KStream<String, SequenceOutput> results(StreamsBuilder builder, LstmProcessorSupplier<String, String> lstm) {
            return builder.stream("events", Consumed.with(Serdes.String(), Serdes.String()))
                    .process(lstm);
        }
    }

    @BeforeEach
    void prepare() {
        Path file = directory.resolve("model.safetensors");
        ModelFile.save(TinyModels.events(), file);
        application = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, LstmAutoConfiguration.class))
                .withUserConfiguration(Results.class)
                .withPropertyValues(
                        "lstm.model=" + file,
                        "spring.application.name=clicks",
                        "spring.kafka.bootstrap-servers=localhost:1",
                        "spring.kafka.streams.auto-startup=false",
                        "spring.kafka.streams.state-dir=" + directory.resolve("states"),
                        "spring.kafka.admin.auto-create=false");
    }

    private static Properties settings(AssertableApplicationContext context) {
        return context.getBean(StreamsBuilderFactoryBean.class).getStreamsConfiguration();
    }

    private static List<String> run(AssertableApplicationContext context, String... events) {
        Topology topology = context.getBean(StreamsBuilderFactoryBean.class).getTopology();
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, settings(context))) {
            TestInputTopic<String, String> input =
                    driver.createInputTopic("events", new StringSerializer(), new StringSerializer());
            for (String event : events) {
                input.pipeInput("ann", event);
            }
            return driver.createOutputTopic("results", new StringDeserializer(), new StringDeserializer())
                    .readValuesToList();
        }
    }

    @Test
    void shouldSupplyAProcessorWithTheConfiguredModelFormatAndOptions() {
        application
                .withPropertyValues("lstm.input.format=string", "lstm.output.top.k=1", "lstm.sequence.max.steps=2")
                .run(context -> {
                    List<String> results = run(context, "open", "read");

                    assertThat(results).hasSize(3);
                    assertThat(results.get(0)).containsOnlyOnce("{\"event\":").contains("\"step\":1");
                    assertThat(results.get(2)).contains("\"ended\":\"max-steps\"");
                    assertThat(context.getBean(StreamMetrics.class).steps().sum())
                            .isEqualTo(2);
                });
    }

    @Test
    void shouldSupplyAProcessorForRecordsOfTheUsersTypesWithTheSameOptions() {
        application = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, LstmAutoConfiguration.class))
                .withUserConfiguration(OwnTypes.class)
                .withPropertyValues(
                        "lstm.model=" + directory.resolve("model.safetensors"),
                        "spring.application.name=clicks",
                        "spring.kafka.streams.auto-startup=false",
                        "spring.kafka.streams.state-dir=" + directory.resolve("states"),
                        "spring.kafka.admin.auto-create=false");

        application.run(context -> {
            Topology topology = context.getBean(StreamsBuilderFactoryBean.class).getTopology();
            try (TopologyTestDriver driver = new TopologyTestDriver(topology, settings(context))) {
                driver.createInputTopic("events", new StringSerializer(), new StringSerializer())
                        .pipeInput("ann", "open");
            }
            assertThat(context).hasSingleBean(LstmProcessorSupplier.class);
            assertThat(context.getBean(StreamMetrics.class).steps().sum()).isEqualTo(1);
        });
    }

    @Test
    void shouldLoadAModelFromTheClassPath() {
        application
                .withPropertyValues("lstm.model=classpath:io/lstmstreams/demo/hdfs.safetensors")
                .run(context -> assertThat(
                                context.getBean(Model.class).vocabulary().symbols())
                        .contains("E5"));
        application
                .withPropertyValues("lstm.model=classpath:none.safetensors")
                .run(context ->
                        assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("none.safetensors"));
    }

    @Test
    void shouldReadListsAndEnvironmentVariablesAsSpringDoes() {
        application
                .withPropertyValues(
                        "lstm.output.include[0]=logits", "lstm.output.include[1]=state", "lstm.unknown.event=skip")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment", Map.of("LSTM_SEQUENCE_IDLE_TIMEOUT_MS", "7000"))))
                .run(context -> {
                    LstmStreamsConfig config = context.getBean(LstmStreamsConfig.class);
                    assertThat(config.output().include()).isEqualTo(List.of("logits", "state"));
                    assertThat(config.input().unknownEvents()).isEqualTo(UnknownEvents.SKIP);
                    assertThat(config.sequences().idleTimeoutMs()).isEqualTo(7000);
                });
    }

    @Test
    void shouldRefuseUnknownKeysAndThoseOfTheApplicationInOneLine() {
        Map<String, String> reasons = Map.of(
                "lstm.output.topk=1", "Unknown key lstm.output.topk. Did you mean lstm.output.top.k?",
                "lstm.output.topic=results", "lstm.output.topic has no effect in Spring",
                "lstm.model.topic=models", "lstm.model.topic has no effect in Spring",
                "lstm.http.port=8080", "lstm.http.port has no effect in Spring");
        reasons.forEach((property, reason) -> application
                .withPropertyValues(property)
                .run(context -> assertThat(new StartFailureAnalyzer().analyze(context.getStartupFailure()))
                        .satisfies(analysis -> assertThat(analysis.getDescription())
                                .startsWith(reason)
                                .hasLineCount(1))));
    }

    @Test
    void shouldLeaveOtherFailuresToSpring() {
        assertThat(new StartFailureAnalyzer().analyze(new IllegalStateException("a bug")))
                .isNull();
    }

    @Test
    void shouldSetKafkaStreamsForExactlyOneStepAndDeadLetters() {
        application.run(context -> {
            assertThat(settings(context))
                    .containsEntry("processing.guarantee", "exactly_once_v2")
                    .containsEntry("processing.exception.handler", DeadLetterHandler.class)
                    .containsEntry("production.exception.handler", SendFailureHandler.class)
                    .containsEntry("application.id", "clicks")
                    .doesNotContainKey("main.consumer.interceptor.classes");
            assertThat(settings(context).get(DEAD_LETTER_TOPIC))
                    .isEqualTo(DeadLetterHandler.sendsDeadLetters() ? "clicks-dead-letters" : null);
        });
    }

    @Test
    void shouldLetTheUsersSettingsWin() {
        application
                .withPropertyValues(
                        "spring.kafka.streams.properties.processing.guarantee=at_least_once",
                        "spring.kafka.streams.properties." + DEAD_LETTER_TOPIC + "=")
                .run(context -> assertThat(settings(context))
                        .containsEntry("processing.guarantee", "at_least_once")
                        .containsEntry(DEAD_LETTER_TOPIC, ""));
    }

    @Test
    void shouldLookAheadIfABatchIsConfigured() {
        application
                .withPropertyValues(
                        "lstm.batch.size=8",
                        "lstm.input.format=string",
                        "spring.kafka.streams.properties.interceptor.classes=a.First")
                .run(context -> {
                    assertThat(settings(context))
                            .containsEntry(
                                    "main.consumer.interceptor.classes",
                                    List.of("a.First", FetchedRecords.Interceptor.class.getName()));
                    assertThat(run(context, "open", "read")).hasSize(2);
                });
    }

    @Test
    void shouldDeclareTheTopicOfDeadLetters() {
        application.run(context -> assertThat(context.getBean("lstmDeadLetterTopic", NewTopics.class))
                .extracting("newTopics", InstanceOfAssertFactories.collection(NewTopic.class))
                .extracting(NewTopic::name)
                .isEqualTo(DeadLetterHandler.sendsDeadLetters() ? List.of("clicks-dead-letters") : List.of()));
    }

    @Test
    void shouldDoNothingWithoutAModel() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, LstmAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(LstmProcessorSupplier.class)
                        .doesNotHaveBean(LstmStreamsConfig.class));
    }

    @Test
    void shouldDoNothingWithoutSpringKafka() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LstmAutoConfiguration.class))
                .withPropertyValues("lstm.model=model.safetensors")
                .withClassLoader(new FilteredClassLoader(StreamsBuilderFactoryBean.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LstmProcessorSupplier.class));
    }

    @Test
    void shouldWorkWithoutActuatorAndWithoutMicrometer() {
        application
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class, MeterBinder.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(LstmProcessorSupplier.class)
                        .doesNotHaveBean("lstmHealthIndicator")
                        .doesNotHaveBean("lstmMeters"));
    }

    @Test
    void shouldUseTheUsersBeansInPlaceOfItsOwn() {
        Model model = TinyModels.events(7);
        StreamMetrics metrics = new StreamMetrics();
        HealthIndicator health = () -> Health.unknown().build();
        application
                .withBean(Model.class, () -> model)
                .withBean(StreamMetrics.class, () -> metrics)
                .withBean("lstmHealthIndicator", HealthIndicator.class, () -> health)
                .run(context -> {
                    assertThat(context.getBean(Model.class)).isSameAs(model);
                    assertThat(context.getBean(StreamMetrics.class)).isSameAs(metrics);
                    assertThat(context.getBean(HealthIndicator.class)).isSameAs(health);
                    run(context, "{\"event\":\"open\"}");
                    assertThat(metrics.steps().sum()).isEqualTo(1);
                });
    }

    @Test
    void shouldSayWhetherTheStreamsAreHealthy() {
        application.run(context -> {
            HealthIndicator health = context.getBean("lstmHealthIndicator", HealthIndicator.class);
            StreamsBuilderFactoryBean factory = context.getBean(StreamsBuilderFactoryBean.class);

            assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            try (KafkaStreams streams = new KafkaStreams(factory.getTopology(), settings(context))) {
                factory.getListeners().forEach(listener -> listener.streamsAdded("clicks", streams));
                assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
                assertThat(health.health().getDetails()).containsEntry("clicks", "CREATED");

                streams.close();
                assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.health().getDetails()).containsEntry("clicks", "NOT_RUNNING");
                factory.getListeners().forEach(listener -> listener.streamsRemoved("clicks", streams));
            }
            assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        });
        application
                .withPropertyValues("management.health.lstm.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("lstmHealthIndicator"));
    }

    @Test
    void shouldBindTheCountersToMicrometer() {
        application.run(context -> {
            MeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(MeterBinder.class).bindTo(registry);
            run(context, "{\"event\":\"open\"}", "{\"event\":\"read\",\"end\":true}", "{\"event\":\"none\"}");
            System.gc(); // the registry holds the objects that it reads weakly

            assertThat(registry.get("lstm.steps").functionCounter().count()).isEqualTo(2);
            assertThat(registry.get("lstm.sequences.ended")
                            .tag("cause", "end-record")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("lstm.sequences.live").gauge().value()).isZero();
            assertThat(registry.get("lstm.surprise.nats").meter().measure())
                    .extracting(measurement -> measurement.getValue())
                    .satisfies(values -> assertThat(values.get(0)).isEqualTo(1));
        });
    }
}
