package io.lstmstreams.topology;

import io.lstmstreams.config.InputConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.Float32EventDecoder;
import io.lstmstreams.event.Int32EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.StringEventDecoder;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.jspecify.annotations.Nullable;

/**
 * The topology of the application: events, their sequence ids and a repartition if the ids are not the keys, steps,
 * results and verdicts. Every node, store and internal topic has a name, so that a later version finds it again. Not
 * thread-safe.
 */
public final class LstmTopology {
    /** The name of the state store. */
    public static final String STORE = "recurrent-state";

    /** The name of the shadow model's state store. */
    public static final String SHADOW_STORE = "shadow-recurrent-state";

    /** The node of the shadow model's steps. */
    static final String SHADOW_STEP = "shadow-step";

    private static final String NOT_JSON =
            ": if a value is nothing but the name of its event, set " + InputConfig.FORMAT_CONFIG + "=string";
    private static final String REPARTITION = "sequences";
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final LstmStreamsConfig config;
    private final Models models;
    private StepServices services = new StepServices();
    private @Nullable Shadow shadow; // null without a shadow model
    private FetchedRecords fetched = new FetchedRecords();
    private SendLimits limits;

    private LstmTopology(LstmStreamsConfig config, Models models) {
        this.config = config;
        this.models = models;
        this.limits = SendLimits.of(config.kafka());
    }

    /**
     * A second model that processes the same events.
     *
     * @param models the model, or the models if it changes
     * @param metrics the counters of its steps
     */
    public record Shadow(Models models, StreamMetrics metrics) {}

    /**
     * Returns a topology with one model that never changes.
     *
     * @throws IllegalArgumentException if the model does not meet the configuration's requirements
     */
    public static LstmTopology of(LstmStreamsConfig config, Model model, Kernel kernel) {
        check(config, model);
        return new LstmTopology(config, Models.only(ModelVersion.of(null, model, kernel)));
    }

    /**
     * Returns a topology.
     *
     * @param models the models; each model that becomes active must have passed {@link #check}
     */
    public static LstmTopology of(LstmStreamsConfig config, Models models) {
        return new LstmTopology(config, models);
    }

    /** Sets the services that the processors use. Default: counters that nobody reads. */
    public LstmTopology services(StepServices services) {
        this.services = services;
        return this;
    }

    /** Sets the shadow model; null for none, which is the default. */
    public LstmTopology shadow(@Nullable Shadow shadow) {
        this.shadow = shadow;
        return this;
    }

    /**
     * Sets the fetched records from which steps are precomputed. Their settings must be among those of Kafka Streams.
     * Default: none, so that each sequence advances on its own.
     */
    public LstmTopology fetched(FetchedRecords fetched) {
        this.fetched = fetched;
        return this;
    }

    /**
     * Sets the limits of the topics that the topology writes to. Their settings must be among those of Kafka Streams.
     * Default: the limits of the producer.
     */
    public LstmTopology limits(SendLimits limits) {
        this.limits = limits;
        return this;
    }

    /**
     * Checks that a model meets the requirements of a configuration.
     *
     * @throws IllegalArgumentException if it does not; the message is one line
     * @throws IllegalStateException if the configuration requires a symbol for unknown events and the model has none
     */
    public static void check(LstmStreamsConfig config, Model model) {
        Set<Include> include = Include.parse(config.output().include());
        if (include.contains(Include.PROBABILITIES) && !model.network().predictsEvents()) {
            throw new IllegalArgumentException(OutputConfig.INCLUDE_CONFIG
                    + "=probabilities requires a model whose first head is a softmax over the events");
        }
        if (config.output().format() == OutputFormat.FLOAT32
                && model.network().heads().isEmpty()) {
            throw new IllegalArgumentException(OutputConfig.FORMAT_CONFIG + "=float32 requires a model with a head");
        }
        InputEncoder encoder = new InputEncoder(model);
        if (config.input().unknownEvents() == UnknownEvents.UNKNOWN_SYMBOL) {
            encoder.requireUnknown();
        }
    }

    /**
     * Checks that records of the active models fit into the topics that they are sent to.
     *
     * @param deadLetters the dead-letter topic; empty if there is none
     * @throws IllegalArgumentException if the limit of a topic is so small that no record fits; the message is one line
     */
    public void checkLimits(Optional<String> deadLetters) {
        SmallestRecords smallest = new SmallestRecords(config.output());
        smallest.check(models.active(StepOptions.of(config).modelName()), targets());
        if (shadow != null) {
            String name = StepOptions.ofShadow(config).modelName();
            smallest.check(shadow.models().active(name), targets(shadow));
        }
        if (config.sequences().id().from() != RecordPart.From.KEY) {
            SmallestRecords.checkEvents(limits.repartition(REPARTITION));
        }
        deadLetters.map(limits::target).ifPresent(SmallestRecords::checkDeadLetters);
    }

    /** Returns the queries of the sequences of this topology. */
    public SequenceQueries queries(SequenceQueries.LastSteps lastSteps) {
        StepOptions options = StepOptions.of(config);
        if (options.unknownEvents() != UnknownEvents.UNKNOWN_SYMBOL) {
            options = options.unknownEvents(UnknownEvents.DEAD_LETTER);
        }
        return new SequenceQueries(models, new RecordReader<>(decoder(), options), options, lastSteps);
    }

    /** Builds the topology. */
    public Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> arriving = builder.stream(
                config.input().topic(), Consumed.with(BYTES, BYTES).withName("events"));
        KStream<byte[], byte[]> events = bySequence(arriving);
        StepTargets targets = targets();
        KStream<byte[], SequenceOutput> outputs = events.process(step(targets), Named.as("step"));
        OutputSerializer serializer = targets.serializer();
        send(outputs, Prediction.class, serializer, "result", config.output().topic());
        send(outputs, Verdict.class, serializer, "verdict", config.output().verdictTopic());
        if (shadow != null) {
            addShadow(events, shadow);
        }
        return builder.build();
    }

    private void addShadow(KStream<byte[], byte[]> events, Shadow second) {
        StepTargets targets = targets(second);
        KStream<byte[], SequenceOutput> outputs =
                events.process(new ShadowSupplier(shadowStep(second, targets)), Named.as(SHADOW_STEP));
        OutputSerializer serializer = targets.serializer();
        send(
                outputs,
                Prediction.class,
                serializer,
                "shadow-result",
                config.models().shadowOutputTopic());
        send(
                outputs,
                Verdict.class,
                serializer,
                "shadow-verdict",
                config.models().shadowVerdictTopic());
    }

    private KStream<byte[], byte[]> bySequence(KStream<byte[], byte[]> events) {
        RecordPart id = config.sequences().id();
        if (id.from() == RecordPart.From.KEY) {
            return events;
        }
        RecordReader<byte[]> reader = new RecordReader<>(decoder(), StepOptions.of(config));
        Models.Active fixed = config.models().topic() == null ? models.active(ModelConfig.NAME_DEFAULT) : null;
        InputEncoder encoder = fixed == null ? null : fixed.version().encoder();
        Target repartition = limits.repartition(REPARTITION);
        return events.process(
                        () -> new SequenceIdProcessor(id, reader, encoder, services.metrics(), repartition),
                        Named.as("sequence-id"))
                .repartition(Repartitioned.with(BYTES, BYTES).withName(REPARTITION));
    }

    private LstmProcessorSupplier<byte[], byte[]> step(StepTargets targets) {
        StepOptions options = StepOptions.of(config);
        return LstmProcessorSupplier.builder(models, BYTES, decoder())
                .options(config.output().topic() == null ? options.results(0, Set.of()) : options)
                .services(services)
                .lookAhead(fetched, BYTES.deserializer())
                .targets(targets)
                .build();
    }

    private LstmProcessorSupplier<byte[], byte[]> shadowStep(Shadow second, StepTargets targets) {
        StepOptions options = StepOptions.ofShadow(config);
        return LstmProcessorSupplier.builder(second.models(), BYTES, decoder())
                .options(config.models().shadowOutputTopic() == null ? options.results(0, Set.of()) : options)
                .services(services.forShadow(second.metrics()))
                .targets(targets)
                .build();
    }

    private StepTargets targets() {
        return targets(models, config.output().topic(), config.output().verdictTopic(), StepOptions.of(config));
    }

    private StepTargets targets(Shadow second) {
        return targets(
                second.models(),
                config.models().shadowOutputTopic(),
                config.models().shadowVerdictTopic(),
                StepOptions.ofShadow(config));
    }

    private StepTargets targets(
            Models senders, @Nullable String results, @Nullable String verdicts, StepOptions options) {
        return new StepTargets(
                limits.target(results),
                limits.target(verdicts),
                limits.changelog(options.storeName()),
                options.publishesModels() ? limits.changelog(options.modelsStoreName()) : Target.NONE,
                new OutputSerializer(senders, config.output().format()));
    }

    private EventDecoder<byte[]> decoder() {
        return decoder(config);
    }

    /** Returns the decoder of a configuration's input format. */
    static EventDecoder<byte[]> decoder(LstmStreamsConfig config) {
        return switch (config.input().format()) {
            case JSON -> new JsonEventDecoder(config.input().event(), NOT_JSON);
            case STRING -> new StringEventDecoder();
            case INT32 -> new Int32EventDecoder();
            case FLOAT32 -> new Float32EventDecoder();
        };
    }

    /** Sends the outputs of one type to their topic, if there is one. */
    private static void send(
            KStream<byte[], SequenceOutput> outputs,
            Class<? extends SequenceOutput> type,
            OutputSerializer serializer,
            String name,
            @Nullable String topic) {
        if (topic == null) {
            return;
        }
        Serde<SequenceOutput> serde = Serdes.serdeFrom(serializer, (source, bytes) -> {
            throw new UnsupportedOperationException("outputs are written, never read");
        });
        outputs.filter((key, output) -> type.isInstance(output), Named.as("is-" + name))
                .to(topic, Produced.with(BYTES, serde).withName(name + "s"));
    }
}
