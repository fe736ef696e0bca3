package io.lstmstreams.topology;

import io.lstmstreams.config.InputFormat;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.NotFiniteStates;
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
import io.lstmstreams.trace.StepTrace;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * The application's topology: events, (sequence id and repartition,) step, results and verdicts. Every node, store and
 * internal topic has a name of its own, so that a later version finds them again.
 */
public final class LstmTopology {
    /** The store of the states. */
    public static final String STORE = "recurrent-state";

    /** The store of the states of the shadow's model. */
    public static final String SHADOW_STORE = "shadow-recurrent-state";

    /** The node of the shadow's steps. */
    static final String SHADOW_STEP = "shadow-step";

    private static final String REPARTITION = "sequences";
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final LstmStreamsConfig config;
    private final Models models;
    private StreamMetrics metrics = new StreamMetrics();
    private Shadow shadow; // null for none
    private FetchedRecords fetched = new FetchedRecords();
    private Supplier<StepListener> listeners = () -> StepListener.NONE;
    private StateReads reads = StateReads.NONE;
    private SendLimits limits;
    private BackgroundTime threadTime = new BackgroundTime();

    private LstmTopology(LstmStreamsConfig config, Models models) {
        this.config = config;
        this.models = models;
        this.limits = SendLimits.of(config.kafka());
    }

    /**
     * A second model for the same events.
     *
     * @param models it, or those that take turns
     * @param metrics where it counts
     */
    public record Shadow(Models models, StreamMetrics metrics) {}

    /**
     * Begins a topology with one model that never changes.
     *
     * @throws IllegalArgumentException if the configuration requires what the model does not have
     */
    public static LstmTopology of(LstmStreamsConfig config, Model model, Kernel kernel) {
        check(config, model);
        return new LstmTopology(config, Models.only(ModelVersion.of(null, model, kernel)));
    }

    /**
     * Begins a topology.
     *
     * @param models the models; each one that becomes active must have passed {@link #check}
     */
    public static LstmTopology of(LstmStreamsConfig config, Models models) {
        return new LstmTopology(config, models);
    }

    /** Sets the counters. Default: counters that nobody reads. */
    public LstmTopology metrics(StreamMetrics metrics) {
        this.metrics = metrics;
        return this;
    }

    /** Sets a second model for the same events, or null for none. Default: none. */
    public LstmTopology shadow(Shadow shadow) {
        this.shadow = shadow;
        return this;
    }

    /**
     * Sets the records that the stream threads have fetched, from which steps are precomputed. Their settings must be among those of
     * Kafka Streams. Default: none, and each sequence advances on its own.
     */
    public LstmTopology fetched(FetchedRecords fetched) {
        this.fetched = fetched;
        return this;
    }

    /** Sets the listeners that hear of the steps, one for each task. Default: none. */
    public LstmTopology listeners(Supplier<StepListener> listeners) {
        this.listeners = listeners;
        return this;
    }

    /** Sets the reads of the states that the tasks answer. Default: none. */
    public LstmTopology reads(StateReads reads) {
        this.reads = reads;
        return this;
    }

    /**
     * Sets the limits of the topics that the topology writes to. Their settings must be among those of Kafka Streams. Default: the
     * producer's limits alone.
     */
    public LstmTopology limits(SendLimits limits) {
        this.limits = limits;
        return this;
    }

    /** Sets the time that the stream threads have for background work. */
    LstmTopology threadTime(BackgroundTime threadTime) {
        this.threadTime = threadTime;
        return this;
    }

    /**
     * Returns the queries of the sequences of this topology.
     *
     * @param trace the trace of the steps
     */
    public SequenceQueries queries(StepTrace trace) {
        boolean substitutes = config.unknownEvents() == UnknownEvents.UNKNOWN_SYMBOL;
        RecordReader<byte[]> reader = new RecordReader<>(
                decoder(),
                substitutes ? UnknownEvents.UNKNOWN_SYMBOL : UnknownEvents.DEAD_LETTER,
                config.modelChoice(),
                config.repeatedEvents());
        StepOptions options = step(config.outputTopK(), include(), targets()).options();
        return new SequenceQueries(models, reader, options, trace);
    }

    /**
     * Checks that a model can do what the configuration requires.
     *
     * @throws IllegalArgumentException if it cannot, in one line
     * @throws IllegalStateException if the configuration requires a symbol for unknown events and the model has none
     */
    public static void check(LstmStreamsConfig config, Model model) {
        Set<Include> include = Include.parse(config.outputInclude());
        if (include.contains(Include.PROBABILITIES) && !model.network().predictsEvents()) {
            throw new IllegalArgumentException(LstmStreamsConfig.OUTPUT_INCLUDE_CONFIG
                    + "=probabilities needs a model whose first head is a softmax over the events");
        }
        if (config.outputFormat() == OutputFormat.FLOAT32
                && model.network().heads().isEmpty()) {
            throw new IllegalArgumentException(
                    LstmStreamsConfig.OUTPUT_FORMAT_CONFIG + "=float32 needs a model with a head");
        }
        InputEncoder encoder = new InputEncoder(model);
        if (config.unknownEvents() == UnknownEvents.UNKNOWN_SYMBOL) {
            encoder.checkUnknown();
        }
    }

    /**
     * Checks that the records of the active models can fit into the topics that they are sent to.
     *
     * @param deadLetters the dead-letter topic; empty for none
     * @throws IllegalArgumentException if no record of a kind can ever fit, in one line
     */
    public void checkLimits(Optional<String> deadLetters) {
        SmallestRecords smallest = new SmallestRecords(config);
        smallest.check(models.active(config.modelName()), targets());
        if (shadow != null) {
            String name = config.shadowModelName();
            smallest.check(shadow.models().active(name == null ? config.modelName() : name), targets(shadow));
        }
        if (config.sequenceId().from() != RecordPart.From.KEY) {
            SmallestRecords.checkEvents(limits.repartition(REPARTITION));
        }
        deadLetters.map(limits::target).ifPresent(SmallestRecords::checkDeadLetters);
    }

    /** Builds the topology. */
    public Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> arriving =
                builder.stream(config.inputTopic(), Consumed.with(BYTES, BYTES).withName("events"));
        KStream<byte[], byte[]> events = bySequence(arriving);
        StepTargets targets = targets();
        KStream<byte[], SequenceOutput> outputs = events.process(step(targets), Named.as("step"));
        to(outputs, targets.serializer(), Prediction.class, "result", config.outputTopic());
        to(outputs, targets.serializer(), Verdict.class, "verdict", config.verdictTopic());
        if (shadow != null) {
            StepTargets shadowTargets = targets(shadow);
            OutputSerializer serializer = shadowTargets.serializer();
            KStream<byte[], SequenceOutput> shadows =
                    events.process(new ShadowSupplier(shadowStep(shadow, shadowTargets)), Named.as(SHADOW_STEP));
            to(shadows, serializer, Prediction.class, "shadow-result", config.shadowOutputTopic());
            to(shadows, serializer, Verdict.class, "shadow-verdict", config.shadowVerdictTopic());
        }
        return builder.build();
    }

    private KStream<byte[], byte[]> bySequence(KStream<byte[], byte[]> events) {
        RecordPart id = config.sequenceId();
        if (id.from() == RecordPart.From.KEY) {
            return events;
        }
        RecordReader<byte[]> reader =
                new RecordReader<>(decoder(), config.unknownEvents(), config.modelChoice(), config.repeatedEvents());
        InputEncoder encoder =
                config.modelTopic() == null ? models.active(null).version().encoder() : null;
        Target repartition = limits.repartition(REPARTITION);
        return events.process(
                        () -> new SequenceIdProcessor(id, reader, encoder, metrics, repartition),
                        Named.as("sequence-id"))
                .repartition(Repartitioned.with(BYTES, BYTES).withName(REPARTITION));
    }

    private StepTargets targets() {
        return targets(models, config.outputTopic(), config.verdictTopic(), STORE);
    }

    private StepTargets targets(Shadow shadow) {
        return targets(shadow.models(), config.shadowOutputTopic(), config.shadowVerdictTopic(), SHADOW_STORE);
    }

    private StepTargets targets(Models by, String results, String verdicts, String store) {
        return new StepTargets(
                limits.target(results),
                limits.target(verdicts),
                limits.changelog(store),
                config.modelTopic() == null ? Target.NONE : limits.changelog(LstmProcessorSupplier.modelsStore(store)),
                new OutputSerializer(by, config.outputFormat()));
    }

    private LstmProcessorSupplier<byte[], byte[]> step(StepTargets targets) {
        boolean results = config.outputTopic() != null; // without a topic for them they need not be worked out
        return step(results ? config.outputTopK() : 0, results ? include() : Set.of(), targets);
    }

    private LstmProcessorSupplier<byte[], byte[]> step(int topK, Set<Include> include, StepTargets targets) {
        LstmProcessorSupplier.Builder<byte[], byte[]> step = LstmProcessorSupplier.builder(models, BYTES, decoder())
                .metrics(metrics)
                .listeners(listeners)
                .targets(targets)
                .reads(reads)
                .lookAhead(fetched, BYTES.deserializer(), config.batchSize())
                .results(topK, include)
                .unknownEvents(config.unknownEvents())
                .notFiniteStates(config.notFiniteStates());
        return options(step, config.modelTopic() != null, config.modelName(), config.modelChoice());
    }

    /** A shadow does not look ahead: steps are precomputed once, for the model that counts. */
    private LstmProcessorSupplier<byte[], byte[]> shadowStep(Shadow shadow, StepTargets targets) {
        boolean results = config.shadowOutputTopic() != null;
        boolean fails = config.unknownEvents() == UnknownEvents.FAIL;
        NotFiniteStates notFinite = config.notFiniteStates();
        LstmProcessorSupplier.Builder<byte[], byte[]> step = LstmProcessorSupplier.builder(
                        shadow.models(), BYTES, decoder())
                .metrics(shadow.metrics())
                .targets(targets)
                .storeName(SHADOW_STORE)
                .results(results ? config.outputTopK() : 0, results ? include() : Set.of())
                .unknownEvents(fails ? UnknownEvents.DEAD_LETTER : config.unknownEvents())
                .notFiniteStates(notFinite == NotFiniteStates.FAIL ? NotFiniteStates.DEAD_LETTER : notFinite);
        String name = config.shadowModelName();
        return options(step, name != null, name == null ? config.modelName() : name, null);
    }

    private LstmProcessorSupplier<byte[], byte[]> options(
            LstmProcessorSupplier.Builder<byte[], byte[]> step, boolean changes, String model, RecordPart choice) {
        return step.threadTime(threadTime)
                .changes(changes, model, choice, config.modelChange())
                .lateEvents(config.lateEvents())
                .repeatedEvents(config.repeatedEvents())
                .unreadableStates(config.unreadableStates())
                .ends(Duration.ofMillis(config.idleTimeoutMs()), config.maxSteps())
                .idleTime(config.idleTime())
                .build();
    }

    private Set<Include> include() {
        return config.outputFormat() == OutputFormat.FLOAT32
                ? EnumSet.of(Include.OUTPUT)
                : Include.parse(config.outputInclude());
    }

    private EventDecoder<byte[]> decoder() {
        InputFormat format = config.inputFormat();
        return switch (format) {
            case JSON -> new JsonEventDecoder(config.inputEvent());
            case STRING -> new StringEventDecoder();
            case INT32 -> new Int32EventDecoder();
            case FLOAT32 -> new Float32EventDecoder();
        };
    }

    private void to(
            KStream<byte[], SequenceOutput> outputs,
            OutputSerializer serializer,
            Class<? extends SequenceOutput> type,
            String name,
            String topic) {
        if (topic == null) {
            return;
        }
        Serde<SequenceOutput> serde = Serdes.serdeFrom(serializer, (source, bytes) -> {
            throw new UnsupportedOperationException("results are written here, never read");
        });
        outputs.filter((key, output) -> type.isInstance(output), Named.as("is-" + name))
                .to(topic, Produced.with(BYTES, serde).withName(name + "s"));
    }
}
