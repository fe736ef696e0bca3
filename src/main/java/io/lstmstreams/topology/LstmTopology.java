package io.lstmstreams.topology;

import io.lstmstreams.config.InputFormat;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.Float32EventDecoder;
import io.lstmstreams.event.Int32EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.StringEventDecoder;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.trace.StepTrace;
import java.time.Duration;
import java.util.EnumSet;
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

/**
 * The application's topology: events, (sequence id and repartition,) step, results and verdicts. Every node, store and
 * internal topic has a name of its own, so that a later version finds them again.
 */
public final class LstmTopology {
    /** The store of the states. */
    public static final String STORE = "recurrent-state";

    /** The store of the states of the shadow's model. */
    public static final String SHADOW_STORE = "shadow-recurrent-state";

    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final LstmStreamsConfig config;
    private final Models models;
    private final StreamMetrics metrics;
    private final FetchedRecords fetched;
    private final StepTrace trace;
    private final StateReads reads; // null where nobody asks

    private LstmTopology(
            LstmStreamsConfig config,
            Models models,
            StreamMetrics metrics,
            FetchedRecords fetched,
            StepTrace trace,
            StateReads reads) {
        this.config = config;
        this.models = models;
        this.metrics = metrics;
        this.fetched = fetched;
        this.trace = trace;
        this.reads = reads;
    }

    /**
     * A second model for the same events.
     *
     * @param models it, or those that take turns
     * @param metrics where it counts
     */
    public record Shadow(Models models, StreamMetrics metrics) {}

    /**
     * Builds the topology for one model for good.
     *
     * @throws IllegalArgumentException if the configuration asks for what the model does not have
     */
    public static Topology build(
            LstmStreamsConfig config, EventModel model, Kernel kernel, StreamMetrics metrics, FetchedRecords fetched) {
        check(config, model);
        return build(config, Models.only(ModelVersion.of(null, model, kernel)), metrics, null, fetched, null, null);
    }

    /**
     * Builds the topology.
     *
     * @param models of which each one that becomes active has passed {@link #check}
     * @param shadow a second model for the same events; null for none
     * @param fetched what the stream threads have fetched; its settings must be among those of Kafka Streams, without which
     *     records are stepped one by one
     * @param trace where to tell what is done, for somebody who looks on; null for nowhere
     * @param reads the reads of its states that it answers; null for none
     */
    public static Topology build(
            LstmStreamsConfig config,
            Models models,
            StreamMetrics metrics,
            Shadow shadow,
            FetchedRecords fetched,
            StepTrace trace,
            StateReads reads) {
        return new LstmTopology(config, models, metrics, fetched, trace, reads).build(shadow);
    }

    /**
     * Who answers questions about the sequences of the topology that is built of the same things.
     *
     * @param trace of its steps
     */
    public static SequenceQueries queries(LstmStreamsConfig config, Models models, StepTrace trace) {
        LstmTopology topology =
                new LstmTopology(config, models, new StreamMetrics(), new FetchedRecords(), trace, null);
        boolean substitutes = config.unknownEvents() == UnknownEvents.UNKNOWN_SYMBOL;
        RecordReader<byte[]> reader = new RecordReader<>(
                topology.decoder(),
                substitutes ? UnknownEvents.UNKNOWN_SYMBOL : UnknownEvents.DEAD_LETTER,
                config.modelChoice(),
                config.repeatedEvents());
        StepOptions options =
                topology.step(config.outputTopK(), topology.include()).options();
        return new SequenceQueries(models, reader, options, trace);
    }

    /**
     * Asks whether a model can do what the configuration wants of it.
     *
     * @throws IllegalArgumentException if not, in one line
     * @throws IllegalStateException if it has no symbol for unknown events and should
     */
    public static void check(LstmStreamsConfig config, EventModel model) {
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

    private Topology build(Shadow shadow) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> arriving =
                builder.stream(config.inputTopic(), Consumed.with(BYTES, BYTES).withName("events"));
        KStream<byte[], byte[]> events = bySequence(arriving);
        KStream<byte[], SequenceOutput> outputs = events.process(step(), Named.as("step"));
        to(outputs, models, Prediction.class, "result", config.outputTopic());
        to(outputs, models, Verdict.class, "verdict", config.verdictTopic());
        if (shadow != null) {
            KStream<byte[], SequenceOutput> shadows =
                    events.process(new ShadowSupplier(shadowStep(shadow)), Named.as("shadow-step"));
            to(shadows, shadow.models(), Prediction.class, "shadow-result", config.shadowOutputTopic());
            to(shadows, shadow.models(), Verdict.class, "shadow-verdict", config.shadowVerdictTopic());
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
        InputEncoder encoder = config.modelTopic() == null
                ? new InputEncoder(models.active(null).version().model())
                : null;
        return events.process(() -> new SequenceIdProcessor(id, reader, encoder, metrics), Named.as("sequence-id"))
                .repartition(Repartitioned.with(BYTES, BYTES).withName("sequences"));
    }

    private LstmProcessorSupplier<byte[], byte[]> step() {
        boolean results = config.outputTopic() != null; // without a topic for them they need not be worked out
        return step(results ? config.outputTopK() : 0, results ? include() : Set.of());
    }

    private LstmProcessorSupplier<byte[], byte[]> step(int topK, Set<Include> include) {
        LstmProcessorSupplier.Builder<byte[], byte[]> step = LstmProcessorSupplier.builder(models, BYTES, decoder())
                .metrics(metrics)
                .trace(trace)
                .reads(reads)
                .lookAhead(fetched, BYTES.deserializer(), config.batchSize())
                .results(topK, include)
                .unknownEvents(config.unknownEvents());
        return options(step, config.modelTopic() != null, config.modelName(), config.modelChoice());
    }

    /** A shadow does not look ahead: what is fetched is stepped ahead once, for the model that counts. */
    private LstmProcessorSupplier<byte[], byte[]> shadowStep(Shadow shadow) {
        boolean results = config.shadowOutputTopic() != null;
        boolean fails = config.unknownEvents() == UnknownEvents.FAIL;
        LstmProcessorSupplier.Builder<byte[], byte[]> step = LstmProcessorSupplier.builder(
                        shadow.models(), BYTES, decoder())
                .metrics(shadow.metrics())
                .storeName(SHADOW_STORE)
                .results(results ? config.outputTopK() : 0, results ? include() : Set.of())
                .unknownEvents(fails ? UnknownEvents.DEAD_LETTER : config.unknownEvents());
        String name = config.shadowModelName();
        return options(step, name != null, name == null ? config.modelName() : name, null);
    }

    private LstmProcessorSupplier<byte[], byte[]> options(
            LstmProcessorSupplier.Builder<byte[], byte[]> step, boolean changes, String model, RecordPart choice) {
        return step.changes(changes, model, choice, config.modelChange())
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
            Models by,
            Class<? extends SequenceOutput> type,
            String name,
            String topic) {
        if (topic == null) {
            return;
        }
        Serde<SequenceOutput> serde =
                Serdes.serdeFrom(new OutputSerializer(by, config.outputFormat()), (source, bytes) -> {
                    throw new UnsupportedOperationException("results are written here, never read");
                });
        outputs.filter((key, output) -> type.isInstance(output), Named.as("is-" + name))
                .to(topic, Produced.with(BYTES, serde).withName(name + "s"));
    }
}
