package io.lstmstreams.topology;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.SequenceOutput;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * Adds a recurrent model to a topology, together with its state store. Each record advances the sequence of its key
 * by one step, and the result is a {@link io.lstmstreams.output.Prediction}. The end of a sequence gives a
 * {@link io.lstmstreams.output.Verdict} too.
 *
 * <pre>{@code
 * Model model = ModelFile.load("model.safetensors");
 * KStream<byte[], SequenceOutput> results = events.process(LstmProcessorSupplier.of(model));
 * }</pre>
 *
 * <p>A step is not idempotent: run it with {@code processing.guarantee=exactly_once_v2}. A record that cannot be
 * processed throws {@link io.lstmstreams.event.BadEventException} before anything changes. {@link DeadLetterHandler}
 * as {@code processing.exception.handler} sends such records to {@code errors.dead.letter.queue.topic.name} and
 * continues; {@link SendFailureHandler} is the matching {@code production.exception.handler}. The processor does not
 * know the topics of its results, so it does not check the sizes and timestamps of results against the limits of
 * those topics.
 *
 * <p>Immutable and safe for any number of threads. All processors share the weights.
 *
 * @param <K> the type of a record's key, which is the sequence id
 * @param <V> the type of a record's value
 */
@API(status = API.Status.STABLE)
public final class LstmProcessorSupplier<K, V> implements ProcessorSupplier<K, V, K, SequenceOutput> {
    private final Serde<K> keys;
    private final RecordReader<V> reader;
    private final Models models;
    private final Supplier<LookAhead<K, V>> lookAheads;
    private final StepOptions options;
    private final StepTargets targets;
    private final StepServices services;
    private final Set<StoreBuilder<?>> stores;

    private LstmProcessorSupplier(Builder<K, V> builder, Models models) {
        this.keys = builder.keys;
        this.options = builder.options;
        this.reader = new RecordReader<>(builder.decoder, options);
        this.models = models;
        this.lookAheads = builder.lookAheads();
        this.targets = builder.targets == null ? StepTargets.unknown(models) : builder.targets;
        this.services = builder.services;
        this.stores = stores(options);
    }

    private static Set<StoreBuilder<?>> stores(StepOptions options) {
        Set<StoreBuilder<?>> stores = new HashSet<>();
        stores.add(Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(options.storeName()), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingEnabled() // a busy sequence's state is written once per commit
                .withLoggingEnabled(Map.of()));
        if (options.publishesModels()) {
            stores.add(Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(options.modelsStoreName()), Serdes.Bytes(), Serdes.ByteArray())
                    .withLoggingEnabled(Map.of()));
        }
        return Set.copyOf(stores);
    }

    /**
     * Returns a supplier for the records of the application: any bytes as key, JSON with the event at {@code /event}
     * as value.
     */
    public static LstmProcessorSupplier<byte[], byte[]> of(Model model) {
        return of(model, Serdes.ByteArray(), new JsonEventDecoder(JsonEventDecoder.DEFAULT_POINTER));
    }

    /**
     * Returns a supplier for records of other types.
     *
     * @param keys converts a key to the bytes under which the state is stored, and back
     * @param decoder decodes a value to an event
     */
    public static <K, V> LstmProcessorSupplier<K, V> of(Model model, Serde<K> keys, EventDecoder<V> decoder) {
        return builder(model, keys, decoder).build();
    }

    /**
     * Returns a builder of a supplier for records of bytes, with the format of events, the options and the kernel of a
     * configuration. The configuration's topics are not used: they are those of the topology.
     *
     * @throws IllegalArgumentException if the model does not meet the configuration's requirements
     */
    public static Builder<byte[], byte[]> builder(LstmStreamsConfig config, Model model) {
        LstmTopology.check(config, model);
        return builder(model, Serdes.ByteArray(), LstmTopology.decoder(config))
                .kernel(Kernels.named(config.kernel(), config.kernelWeights()))
                .options(StepOptions.of(config));
    }

    /** Returns a builder of a supplier with one model, which never changes. */
    public static <K, V> Builder<K, V> builder(Model model, Serde<K> keys, EventDecoder<V> decoder) {
        return new Builder<>(kernel -> Models.only(ModelVersion.of(null, model, kernel.get())), keys, decoder);
    }

    /**
     * Returns a builder of a supplier with models whose networks are packed. {@link Builder#kernel} has no effect on
     * them.
     *
     * @param models the models; see {@link StepOptions#publishedModels} if they change
     */
    @API(status = API.Status.INTERNAL)
    public static <K, V> Builder<K, V> builder(Models models, Serde<K> keys, EventDecoder<V> decoder) {
        return new Builder<>(kernel -> models, keys, decoder);
    }

    @Override
    public Processor<K, V, K, SequenceOutput> get() {
        return new LstmProcessor<>(keys, reader, models, lookAheads, options, targets, services);
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return stores;
    }

    /** A builder of a supplier. Not thread-safe. */
    public static final class Builder<K, V> {
        private final Function<Supplier<Kernel>, Models> models;
        private final Serde<K> keys;
        private final EventDecoder<V> decoder;
        private Supplier<Kernel> kernel = Kernels::auto;
        private StepOptions options = StepOptions.DEFAULTS;
        private StepServices services = new StepServices();
        private FetchedRecords fetched = new FetchedRecords();
        private Deserializer<V> fetchedValues = (topic, value) -> {
            throw new IllegalStateException("without look-ahead no record is fetched");
        };
        private @Nullable StepTargets targets; // null in somebody else's topology

        private Builder(Function<Supplier<Kernel>, Models> models, Serde<K> keys, EventDecoder<V> decoder) {
            this.models = models;
            this.keys = keys;
            this.decoder = decoder;
        }

        /** Sets the implementation of the arithmetic. Default: the fastest one that this JVM can run. */
        public Builder<K, V> kernel(Kernel kernel) {
            this.kernel = () -> kernel;
            return this;
        }

        /** Sets the options of the steps. Default: those of the application. */
        public Builder<K, V> options(StepOptions options) {
            this.options = options;
            return this;
        }

        /** Sets the services that the processors use. Default: counters that nobody reads. */
        public Builder<K, V> services(StepServices services) {
            this.services = services;
            return this;
        }

        /**
         * Sets the source of records ahead. Sequences whose records were fetched already advance together, up to
         * {@link StepOptions#batchSize} of them, so that weights are read once for all of them. The results are the
         * same. The processor must read from the topic directly, without an operator between them that changes
         * records.
         *
         * @param fetched the fetched records; their {@link FetchedRecords#consumerSettings} must be among the
         *     settings of Kafka Streams
         * @param values reads the topic's values, as the topology does
         */
        public Builder<K, V> lookAhead(FetchedRecords fetched, Deserializer<V> values) {
            this.fetched = fetched;
            this.fetchedValues = values;
            return this;
        }

        /**
         * Sets the topics of results, verdicts and states. An output that one of them refuses makes its record a dead
         * letter.
         */
        Builder<K, V> targets(StepTargets targets) {
            this.targets = targets;
            return this;
        }

        private Supplier<LookAhead<K, V>> lookAheads() {
            Deserializer<K> fetchedKeys = keys.deserializer();
            FetchedRecords records = fetched;
            Deserializer<V> values = fetchedValues;
            int batchSize = options.batchSize();
            return () -> new LookAhead<>(records, fetchedKeys, values, batchSize);
        }

        /**
         * Builds the supplier.
         *
         * @throws IllegalStateException if the options require a symbol for unknown events and an active model has
         *     none, or if Kafka's libraries are older than the supported ones
         */
        public LstmProcessorSupplier<K, V> build() {
            KafkaVersion.check(AppInfoParser.getVersion());
            Models built = models.apply(kernel);
            if (options.unknownEvents() == UnknownEvents.UNKNOWN_SYMBOL) {
                built.active().values().forEach(version -> version.encoder().requireUnknown());
            }
            return new LstmProcessorSupplier<>(this, built);
        }
    }
}
