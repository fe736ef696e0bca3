package io.lstmstreams.topology;

import io.lstmstreams.config.InputFormat;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.OutputFormat;
import io.lstmstreams.config.SequenceId;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.Float32EventDecoder;
import io.lstmstreams.event.Int32EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.StringEventDecoder;
import io.lstmstreams.input.EventModel;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
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
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final LstmStreamsConfig config;
    private final EventModel model;
    private final Kernel kernel;
    private final StreamMetrics metrics;
    private final FetchedRecords fetched;

    private LstmTopology(
            LstmStreamsConfig config, EventModel model, Kernel kernel, StreamMetrics metrics, FetchedRecords fetched) {
        this.config = config;
        this.model = model;
        this.kernel = kernel;
        this.metrics = metrics;
        this.fetched = fetched;
    }

    /**
     * Builds the topology.
     *
     * @param fetched what the stream threads have fetched; its settings must be among those of Kafka Streams, without which
     *     records are stepped one by one
     * @throws IllegalArgumentException if the configuration asks for what the model does not have
     */
    public static Topology build(
            LstmStreamsConfig config, EventModel model, Kernel kernel, StreamMetrics metrics, FetchedRecords fetched) {
        return new LstmTopology(config, model, kernel, metrics, fetched).build();
    }

    private Topology build() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], byte[]> events =
                builder.stream(config.inputTopic(), Consumed.with(BYTES, BYTES).withName("events"));
        KStream<byte[], SequenceOutput> outputs = bySequence(events).process(step(), Named.as("step"));
        to(outputs, Prediction.class, "result", config.outputTopic());
        to(outputs, Verdict.class, "verdict", config.verdictTopic());
        return builder.build();
    }

    private KStream<byte[], byte[]> bySequence(KStream<byte[], byte[]> events) {
        SequenceId id = config.sequenceId();
        if (id.from() == SequenceId.From.KEY) {
            return events;
        }
        RecordReader<byte[]> reader = new RecordReader<>(model, decoder(), config.unknownEvents());
        return events.process(() -> new SequenceIdProcessor(id, reader, metrics), Named.as("sequence-id"))
                .repartition(Repartitioned.with(BYTES, BYTES).withName("sequences"));
    }

    private LstmProcessorSupplier<byte[], byte[]> step() {
        boolean results = config.outputTopic() != null; // without a topic for them they need not be worked out
        return LstmProcessorSupplier.builder(model, BYTES, decoder())
                .kernel(kernel)
                .metrics(metrics)
                .lookAhead(fetched, BYTES.deserializer(), config.batchSize())
                .results(results ? config.outputTopK() : 0, results ? include() : Set.of())
                .unknownEvents(config.unknownEvents())
                .lateEvents(config.lateEvents())
                .ends(Duration.ofMillis(config.idleTimeoutMs()), config.maxSteps())
                .build();
    }

    private Set<Include> include() {
        Set<Include> include = Include.parse(config.outputInclude());
        if (include.contains(Include.PROBABILITIES) && !model.network().predictsEvents()) {
            throw new IllegalArgumentException(LstmStreamsConfig.OUTPUT_INCLUDE_CONFIG
                    + "=probabilities needs a model whose first head is a softmax over the events");
        }
        if (config.outputFormat() == OutputFormat.FLOAT32) {
            if (model.network().heads().isEmpty()) {
                throw new IllegalArgumentException(
                        LstmStreamsConfig.OUTPUT_FORMAT_CONFIG + "=float32 needs a model with a head");
            }
            include = EnumSet.of(Include.OUTPUT);
        }
        return include;
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
            KStream<byte[], SequenceOutput> outputs, Class<? extends SequenceOutput> type, String name, String topic) {
        if (topic == null) {
            return;
        }
        Serde<SequenceOutput> serde =
                Serdes.serdeFrom(new OutputSerializer(model, config.outputFormat()), (source, bytes) -> {
                    throw new UnsupportedOperationException("results are written here, never read");
                });
        outputs.filter((key, output) -> type.isInstance(output), Named.as("is-" + name))
                .to(topic, Produced.with(BYTES, serde).withName(name + "s"));
    }
}
