package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modeltopic.ModelTopic;
import io.lstmstreams.topology.FetchedRecords;
import io.lstmstreams.topology.LocalStates;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.topology.LstmTopology.Shadow;
import io.lstmstreams.topology.ModelVersion;
import io.lstmstreams.topology.Models;
import io.lstmstreams.topology.SendLimits;
import io.lstmstreams.topology.StateReads;
import io.lstmstreams.topology.StepListener;
import io.lstmstreams.topology.StoreMemory;
import io.lstmstreams.trace.StepTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running instance. Safe for any number of threads. */
public final class LstmApplication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LstmApplication.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final KafkaStreams streams;
    private final StoreMemory memory;
    private final TopicModels published; // null without a topic of models
    private final StreamMetrics metrics;
    private final StepTrace trace; // null where nobody can look on
    private final StateQueries queries; // null where nobody can ask
    private final Shadow shadow; // null without one
    private final Model model;
    private final LocalStates states;
    private final CloseOptions atClose;
    private final TopicLimitsReader limits;
    private final StreamsConfig config;
    private final Restoration restoration = new Restoration();
    private final Gauges gauges;
    private final StreamHealth health;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private LstmApplication(
            KafkaStreams streams,
            StoreMemory memory,
            Models models,
            TopicModels published,
            Kernel kernel,
            Model model,
            StreamMetrics metrics,
            StepTrace trace,
            StateQueries queries,
            Shadow shadow,
            TopicLimitsReader limits,
            StreamsConfig config) {
        this.streams = streams;
        this.limits = limits;
        this.memory = memory;
        this.published = published;
        this.model = model;
        this.metrics = metrics;
        this.trace = trace;
        this.queries = queries;
        this.shadow = shadow;
        this.states = LocalStates.of(config);
        this.atClose = atClose(config);
        this.config = config;
        this.gauges = new Gauges(streams, restoration, models, kernel);
        this.health = new StreamHealth(streams::metrics, pollInterval(config), System::nanoTime);
    }

    /**
     * Loads the model, looks at the topics and starts stepping.
     *
     * @throws ApplicationException if the brokers do not answer or the input topic does not exist
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     * @throws io.lstmstreams.modeltopic.ModelTopicException if there is no usable topic of models
     * @throws org.apache.kafka.common.config.ConfigException if Kafka does not take its part of the configuration
     */
    public static LstmApplication start(LstmStreamsConfig config) {
        Kernel kernel = Kernels.named(config.kernel(), config.kernelWeights());
        Model fixed = config.modelTopic() == null ? ModelFile.load(config.model()) : null;
        if (fixed != null) {
            LstmTopology.check(config, fixed); // before anybody waits for a broker
        }
        StreamMetrics metrics = new StreamMetrics();
        FetchedRecords fetched = new FetchedRecords();
        StoreMemory memory = new StoreMemory(config.storeMemoryBytes());
        Map<String, Object> kafka = KafkaProperties.of(config, fetched, memory);
        SendLimits sendLimits = SendLimits.of(kafka);
        kafka.putAll(sendLimits.settings());
        StreamsConfig streamsConfig = new StreamsConfig(kafka);
        int partitions = Topics.prepare(streamsConfig, config.inputTopic(), written(config, streamsConfig));
        TopicModels published = fixed == null ? published(config, kernel, metrics, streamsConfig) : null;
        Models models = published == null ? Models.only(ModelVersion.of(null, fixed, kernel)) : published;
        Model model = models.active(config.modelName()).version().model();
        Shadow shadow = shadow(config, published, kernel);
        StepTrace trace = config.httpPort() == null ? null : new StepTrace();
        StateReads reads = config.httpPort() == null ? StateReads.NONE : new StateReads();
        Supplier<StepListener> listeners = trace == null ? () -> StepListener.NONE : () -> new TraceListener(trace);
        Topology topology = LstmTopology.build(config, models, metrics, shadow, fetched, listeners, reads, sendLimits);
        TopicLimitsReader limits = limits(config, models, shadow, streamsConfig, sendLimits);
        LOG.info(
                "model {} ({}), kernel {}, {} ({} partitions) -> results {}, verdicts {}, dead letters {}",
                model.network().name(),
                model.network().fingerprintHex().substring(0, 16),
                kernel.name(),
                config.inputTopic(),
                partitions,
                Objects.requireNonNullElse(config.outputTopic(), "(none)"),
                Objects.requireNonNullElse(config.verdictTopic(), "(none)"),
                deadLetters(streamsConfig));
        Properties properties = new Properties();
        properties.putAll(kafka);
        KafkaStreams streams = new KafkaStreams(topology, properties);
        LstmApplication application = new LstmApplication(
                streams,
                memory,
                models,
                published,
                kernel,
                model,
                metrics,
                trace,
                trace == null ? null : queries(config, models, trace, reads, streams, streamsConfig, partitions),
                shadow,
                limits,
                streamsConfig);
        try {
            application.start();
        } catch (ProcessorStateException e) {
            application.close();
            if (!application.states.discardDamaged(e)) {
                throw e;
            }
            return start(config); // with one damaged copy less
        }
        WarmUp.start(model, kernel, config.batchSize());
        return application;
    }

    /** Reads the limits of the topics and refuses to start where nothing fits into one. */
    private static TopicLimitsReader limits(
            LstmStreamsConfig config, Models models, Shadow shadow, StreamsConfig kafka, SendLimits limits) {
        Optional<String> deadLetters = Optional.ofNullable(deadLetters(kafka)).filter(topic -> !topic.isBlank());
        LstmTopology.checkLimits(config, models, shadow, deadLetters, limits); // the producer's own
        TopicLimitsReader reader = TopicLimitsReader.start(kafka, limits);
        try {
            LstmTopology.checkLimits(config, models, shadow, deadLetters, limits);
            return reader;
        } catch (IllegalArgumentException e) {
            reader.close();
            throw e;
        }
    }

    private static TopicModels published(
            LstmStreamsConfig config, Kernel kernel, StreamMetrics metrics, StreamsConfig streamsConfig) {
        ModelTopic.prepare(streamsConfig.getAdminConfigs("models"), config.modelTopic());
        return TopicModels.start(config, kernel, metrics, streamsConfig.getGlobalConsumerConfigs("models"));
    }

    /** @return null for none */
    private static Shadow shadow(LstmStreamsConfig config, TopicModels published, Kernel kernel) {
        if (config.shadowModel() == null) {
            return null;
        }
        if (config.shadowModelName() != null) {
            return new Shadow(published, new StreamMetrics());
        }
        Model model = ModelFile.load(config.shadowModelFile());
        LstmTopology.check(config, model);
        return new Shadow(Models.only(ModelVersion.of(null, model, kernel)), new StreamMetrics());
    }

    private static StateQueries queries(
            LstmStreamsConfig config,
            Models models,
            StepTrace trace,
            StateReads reads,
            KafkaStreams streams,
            StreamsConfig streamsConfig,
            int partitions) {
        String server = streamsConfig.getString(StreamsConfig.APPLICATION_SERVER_CONFIG);
        return new StateQueries(
                streams,
                reads,
                LstmTopology.queries(config, models, trace),
                server == null || server.isEmpty() ? null : HostInfo.buildFromEndpoint(server),
                partitions);
    }

    private static Set<String> written(LstmStreamsConfig config, StreamsConfig kafka) {
        Set<String> topics = new LinkedHashSet<>();
        topics.add(config.outputTopic());
        topics.add(config.verdictTopic());
        topics.add(config.shadowModel() == null ? null : config.shadowOutputTopic());
        topics.add(config.shadowModel() == null ? null : config.shadowVerdictTopic());
        topics.add(deadLetters(kafka));
        topics.remove(null);
        topics.remove("");
        return topics;
    }

    private static String deadLetters(StreamsConfig kafka) {
        return kafka.getString(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    }

    /** It leaves the group, so that others have its partitions at once; a static member keeps them for when it comes back. */
    private static CloseOptions atClose(StreamsConfig config) {
        boolean isStatic =
                config.getMainConsumerConfigs("", "", 0).get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG) != null;
        return CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(
                        isStatic ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.LEAVE_GROUP);
    }

    /** The time after which Kafka gives up a stream thread that does not poll. */
    private static Duration pollInterval(StreamsConfig config) {
        String key = ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;
        Object configured = config.getMainConsumerConfigs("", "", 0).get(key);
        Object used =
                configured == null ? ConsumerConfig.configDef().defaultValues().get(key) : configured;
        return Duration.ofMillis((Integer) ConfigDef.parseType(key, used, ConfigDef.Type.INT));
    }

    private void start() {
        streams.setUncaughtExceptionHandler(exception -> {
            if (limits.explains(exception)) {
                LOG.warn(
                        "a topic refuses what it took a while ago: a new stream thread goes on with its limits of now");
                return StreamThreadExceptionResponse.REPLACE_THREAD;
            }
            failure.compareAndSet(null, exception);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setStateListener((now, before) -> {
            LOG.info("{} (was {})", now, before);
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
            if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                stopped.countDown();
                running.countDown();
            }
        });
        streams.setGlobalStateRestoreListener(restoration);
        streams.start();
        health.start();
    }

    /** What it has done since it started. */
    public StreamMetrics metrics() {
        return metrics;
    }

    /** What can be read of it now, the counts among it. */
    public List<Reading> readings() {
        List<Reading> all = new ArrayList<>(metrics.readings());
        all.addAll(gauges.readings());
        return all;
    }

    /** The Kafka Streams client, for whoever reads its metrics. */
    public KafkaStreams streams() {
        return streams;
    }

    /** What it did last; null where it has no HTTP server that could be asked. */
    public StepTrace trace() {
        return trace;
    }

    /** Answers questions about its sequences; null where it has no HTTP server that could be asked. */
    public StateQueries queries() {
        return queries;
    }

    /** The topic of the records that could not be stepped. */
    public String deadLetterTopic() {
        return deadLetters(config);
    }

    /** The store of the sequences' states. */
    public String stateStore() {
        return LstmTopology.STORE;
    }

    /** The topic that has what is in it. */
    public String changelogTopic() {
        return Changelog.topic(config, stateStore());
    }

    /** What its shadow model has done since it started; null without one. */
    public StreamMetrics shadowMetrics() {
        return shadow == null ? null : shadow.metrics();
    }

    /** The model that it runs, or ran first. */
    public Model model() {
        return model;
    }

    /** The state of the stream, as Kafka Streams names it. */
    public String state() {
        return streams.state().name();
    }

    /** The health of its stream threads, and of its lag. */
    public StreamHealth health() {
        return health;
    }

    /** Whether it is assigned, restored and stepping. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Whether it has stopped, by {@link #close} or by a failure that {@link #awaitStop} tells of. */
    public boolean hasStopped() {
        return stopped.getCount() == 0;
    }

    /**
     * Waits until it is assigned, restored and stepping for the first time.
     *
     * @throws ApplicationException if it has stopped instead, or is not there in time
     */
    public void awaitRunning(Duration patience) throws InterruptedException {
        boolean inTime = running.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (hasStopped()) {
            awaitStop();
        }
        if (!inTime) {
            throw new ApplicationException("the stream is not running after " + patience.toSeconds() + " s", null);
        }
    }

    /**
     * Waits until it stops, by {@link #close} or by a failure.
     *
     * @throws ApplicationException if it was a failure, in one line that says which
     */
    public void awaitStop() throws InterruptedException {
        stopped.await();
        if (failure.get() != null) {
            states.discardDamaged(failure.get()); // or the next start might fail as this one has
            throw new ApplicationException("the stream stopped: " + Failures.innermost(failure.get()), failure.get());
        }
    }

    /** Commits what was stepped, stops and, unless {@code group.instance.id} is set, leaves the group. */
    @Override
    public void close() {
        boolean closed = streams.close(atClose);
        limits.close();
        health.close();
        if (published != null) {
            published.close();
        }
        if (closed) {
            memory.close();
        } else {
            LOG.warn("not all threads stopped within {} s", CLOSE_TIMEOUT.toSeconds());
        }
    }
}
