package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.config.LateEvents;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelChange;
import io.lstmstreams.config.NotFiniteStates;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.config.UnknownEvents;
import io.lstmstreams.config.UnreadableStates;
import io.lstmstreams.event.EventDecoder;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.input.InputEncoder;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.SequenceOutput;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Puts a recurrent model into a topology: each record moves its key's sequence one step on, and the result comes out as a
 * {@link io.lstmstreams.output.Prediction}; at a sequence's end a {@link io.lstmstreams.output.Verdict} follows. Brings its
 * state store along:
 *
 * <pre>{@code
 * KStream<byte[], SequenceOutput> results = events.process(LstmProcessorSupplier.of(ModelFile.load("model.safetensors")));
 * }</pre>
 *
 * <p>A step is not idempotent: run it with {@code processing.guarantee=exactly_once_v2}. A record that cannot be processed
 * throws {@link io.lstmstreams.event.BadEventException} before anything changes; set
 * {@code processing.exception.handler} to {@link DeadLetterHandler} to send such records to
 * {@code errors.dead.letter.queue.topic.name} and go on, and {@code production.exception.handler} to {@link SendFailureHandler}.
 * Where results go is not known here, so their sizes and timestamps are not checked against those topics. Immutable and safe for any number of threads, as the weights that
 * all processors share.
 *
 * @param <K> the key's type; the key is the sequence's id
 * @param <V> the value's type
 */
public final class LstmProcessorSupplier<K, V> implements ProcessorSupplier<K, V, K, SequenceOutput> {
    private final Models models;
    private final Serde<K> keys;
    private final StepOptions options;
    private final StreamMetrics metrics;
    private final Supplier<StepListener> listeners;
    private final StepTargets targets;
    private final StateReads reads;
    private final RecordReader<V> reader;
    private final BackgroundTime threadTime;
    private final int batchSize;
    private final Supplier<LookAhead<K, V>> lookAhead;
    private final Set<StoreBuilder<?>> stores;

    private LstmProcessorSupplier(Builder<K, V> builder) {
        this.models = builder.models != null
                ? builder.models
                : Models.only(
                        ModelVersion.of(null, builder.model, builder.kernel == null ? Kernels.auto() : builder.kernel));
        if (builder.model != null && builder.unknownEvents == UnknownEvents.UNKNOWN_SYMBOL) {
            new InputEncoder(builder.model).checkUnknown(); // refused now and not at the first unknown event
        }
        this.keys = builder.keys;
        this.options = new StepOptions(
                builder.storeName,
                builder.topK,
                builder.include,
                builder.unknownEvents,
                builder.lateEvents,
                builder.unreadableStates,
                builder.notFiniteStates,
                builder.repeatedEvents != null,
                builder.changes ? modelsStore(builder.storeName) : null,
                builder.modelName,
                builder.modelChange,
                builder.idleTimeout,
                builder.idleTime,
                builder.maxSteps);
        this.metrics = builder.metrics;
        this.listeners = builder.listeners;
        this.targets = builder.targets == null ? StepTargets.unknown(models) : builder.targets;
        this.reads = builder.reads;
        this.reader = new RecordReader<>(
                builder.decoder, options.unknownEvents(), builder.modelChoice, builder.repeatedEvents);
        this.threadTime = builder.threadTime;
        this.batchSize = builder.batchSize;
        this.lookAhead = builder.lookAhead;
        this.stores = stores(options);
    }

    /** Returns the name of the store that holds which models a task has changed to. */
    static String modelsStore(String storeName) {
        return storeName + "-models";
    }

    private static Set<StoreBuilder<?>> stores(StepOptions options) {
        Set<StoreBuilder<?>> stores = new HashSet<>();
        stores.add(Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(options.storeName()), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingEnabled() // a busy sequence's state is written once per commit
                .withLoggingEnabled(Map.of()));
        if (options.modelsStoreName() != null) {
            stores.add(Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(options.modelsStoreName()), Serdes.Bytes(), Serdes.ByteArray())
                    .withLoggingEnabled(Map.of()));
        }
        return Set.copyOf(stores);
    }

    /** For records as the application takes them: any bytes as key, JSON with the event at {@code /event} as value. */
    public static LstmProcessorSupplier<byte[], byte[]> of(Model model) {
        return builder(model, Serdes.ByteArray(), new JsonEventDecoder("/event"))
                .build();
    }

    /**
     * For records of one's own types.
     *
     * @param keys turns a key into the bytes under which the state is stored, and back
     * @param decoder finds the event in a value
     */
    public static <K, V> LstmProcessorSupplier<K, V> of(Model model, Serde<K> keys, EventDecoder<V> decoder) {
        return builder(model, keys, decoder).build();
    }

    /** The same, with options. */
    public static <K, V> Builder<K, V> builder(Model model, Serde<K> keys, EventDecoder<V> decoder) {
        return new Builder<>(model, null, keys, decoder);
    }

    /**
     * For models that are ready to step; {@link Builder#kernel} does not apply then.
     *
     * @param models of which others may become the active ones, if {@link Builder#changes} says so
     */
    public static <K, V> Builder<K, V> builder(Models models, Serde<K> keys, EventDecoder<V> decoder) {
        return new Builder<>(null, models, keys, decoder);
    }

    @Override
    public Processor<K, V, K, SequenceOutput> get() {
        TaskModels taskModels = new TaskModels(models, batchSize, options);
        return new LstmProcessor<>(
                reader,
                taskModels,
                new SequenceStates(taskModels, new BusyStates(batchSize), options.modelChange()),
                keys,
                lookAhead.get(),
                options,
                targets,
                metrics,
                listeners.get(),
                reads,
                threadTime);
    }

    /** Returns the options of the steps, for queries about them. */
    StepOptions options() {
        return options;
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return stores;
    }

    /** Options of a supplier; what is not set has the application's default. Not thread-safe. */
    public static final class Builder<K, V> {
        private final Model model; // null where there are models
        private final Models models; // null where there is the one model
        private final Serde<K> keys;
        private final EventDecoder<V> decoder;
        private Kernel kernel; // null until build: the choice is logged
        private StreamMetrics metrics = new StreamMetrics();
        private Supplier<StepListener> listeners = () -> StepListener.NONE;
        private StepTargets targets; // null where they are not known
        private StateReads reads = StateReads.NONE;
        private String storeName = LstmTopology.STORE;
        private int topK = LstmStreamsConfig.OUTPUT_TOP_K_DEFAULT;
        private Set<Include> include = Set.of();
        private UnknownEvents unknownEvents = UnknownEvents.DEAD_LETTER;
        private LateEvents lateEvents = LateEvents.PROCESS;
        private UnreadableStates unreadableStates = UnreadableStates.RESTART;
        private NotFiniteStates notFiniteStates = NotFiniteStates.DEAD_LETTER;
        private RecordPart repeatedEvents; // null for none
        private boolean changes;
        private String modelName = LstmStreamsConfig.MODEL_NAME_DEFAULT;
        private RecordPart modelChoice; // null for none
        private ModelChange modelChange = ModelChange.FINISH_OLD;
        private IdleTime idleTime = IdleTime.EVENT;
        private Duration idleTimeout = Duration.ZERO;
        private long maxSteps;
        private BackgroundTime threadTime = new BackgroundTime();
        private int batchSize = 1;
        private Supplier<LookAhead<K, V>> lookAhead;

        private Builder(Model model, Models models, Serde<K> keys, EventDecoder<V> decoder) {
            this.model = model;
            this.models = models;
            this.keys = keys;
            this.decoder = decoder;
            this.lookAhead = () -> new LookAhead<>(new FetchedRecords(), keys.deserializer(), null, 1);
        }

        /** What does the arithmetic; the fastest that this JVM can run unless set. */
        public Builder<K, V> kernel(Kernel kernel) {
            this.kernel = kernel;
            return this;
        }

        /** Where to count. */
        public Builder<K, V> metrics(StreamMetrics metrics) {
            this.metrics = metrics;
            return this;
        }

        /** Sets the listeners that hear of the steps, one for each task. Default: none. */
        public Builder<K, V> listeners(Supplier<StepListener> listeners) {
            this.listeners = listeners;
            return this;
        }

        /** Where results, verdicts and states are sent to; what does not fit there makes its record a dead letter. */
        Builder<K, V> targets(StepTargets targets) {
            this.targets = targets;
            return this;
        }

        /** Sets the reads of the states that the tasks answer. Default: none. */
        public Builder<K, V> reads(StateReads reads) {
            this.reads = reads;
            return this;
        }

        /** The state store's name, for a topology with more than one model. */
        public Builder<K, V> storeName(String storeName) {
            this.storeName = storeName;
            return this;
        }

        /** How many next events a result names, and what else it holds. */
        public Builder<K, V> results(int topK, Set<Include> include) {
            this.topK = topK;
            this.include = Set.copyOf(include);
            return this;
        }

        /** What becomes of events that the model does not know. */
        public Builder<K, V> unknownEvents(UnknownEvents unknownEvents) {
            this.unknownEvents = unknownEvents;
            return this;
        }

        /** What becomes of events with an earlier timestamp than one that their sequence has had already. */
        public Builder<K, V> lateEvents(LateEvents lateEvents) {
            this.lateEvents = lateEvents;
            return this;
        }

        /** Where a record has an id of its own, by which one that comes twice is recognised; null for nowhere. */
        public Builder<K, V> repeatedEvents(RecordPart id) {
            this.repeatedEvents = id;
            return this;
        }

        /** What happens where a stored state is damaged. */
        public Builder<K, V> unreadableStates(UnreadableStates unreadableStates) {
            this.unreadableStates = unreadableStates;
            return this;
        }

        /** What happens where a step makes the state of its sequence NaN or infinite. */
        public Builder<K, V> notFiniteStates(NotFiniteStates notFiniteStates) {
            this.notFiniteStates = notFiniteStates;
            return this;
        }

        /**
         * Whether other models may become the active ones while the topology runs. A second store keeps then, in the same
         * transactions, which model a task has changed to.
         *
         * @param name the name of the model for records that choose none
         * @param choice where a record chooses a model by name; null for nowhere
         * @param change what becomes of live sequences whose model is no longer the one
         */
        public Builder<K, V> changes(boolean changes, String name, RecordPart choice, ModelChange change) {
            this.changes = changes;
            this.modelName = name;
            this.modelChoice = choice;
            this.modelChange = change;
            return this;
        }

        /**
         * When a sequence ends by itself.
         *
         * @param idleTimeout after so long without an event; zero for never
         * @param maxSteps after so many events; zero for no limit
         * @throws IllegalArgumentException if either is negative
         */
        public Builder<K, V> ends(Duration idleTimeout, long maxSteps) {
            if (idleTimeout.isNegative() || maxSteps < 0) {
                throw new IllegalArgumentException(
                        "sequences end after some time and some events, or zero for never, not " + idleTimeout + " and "
                                + maxSteps);
            }
            this.idleTimeout = idleTimeout;
            this.maxSteps = maxSteps;
            return this;
        }

        /** What the idle timeout is measured in. */
        public Builder<K, V> idleTime(IdleTime idleTime) {
            this.idleTime = idleTime;
            return this;
        }

        /**
         * Steps sequences together whose records are there already, so that weights are read once for all of them: faster, and
         * with the same results. The supplier must stand right behind the topic, with nothing in between that changes records.
         *
         * @param fetched what the stream threads have fetched; put its settings into those of Kafka Streams
         * @param values reads the topic's values, as the topology does
         * @param batchSize the largest number of sequences that advance together; 1 for one by one
         * @throws IllegalArgumentException if the size is not 1 or more
         */
        public Builder<K, V> lookAhead(FetchedRecords fetched, Deserializer<V> values, int batchSize) {
            if (batchSize < 1) {
                throw new IllegalArgumentException("a batch has 1 sequence or more, not " + batchSize);
            }
            this.batchSize = batchSize;
            this.lookAhead = () -> new LookAhead<>(fetched, keys.deserializer(), values, batchSize);
            return this;
        }

        /** Shares the time that threads have for background work with another supplier of the same topology. */
        Builder<K, V> threadTime(BackgroundTime threadTime) {
            this.threadTime = threadTime;
            return this;
        }

        /** The supplier. */
        public LstmProcessorSupplier<K, V> build() {
            return new LstmProcessorSupplier<>(this);
        }
    }
}
