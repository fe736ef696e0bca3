package io.lstmstreams.runtime;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.metrics.Reading;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.topology.LstmTopology;
import io.lstmstreams.trace.StepTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running instance. Safe for any number of threads. */
public final class LstmApplication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LstmApplication.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final Assembly parts;
    private final KafkaStreams streams;
    private final StreamsConfig config;
    private final LocalStates states;
    private final CloseOptions atClose;
    private final Restoration restoration = new Restoration();
    private final Gauges gauges;
    private final StreamHealth health;
    private final StateQueries queries; // null without an HTTP server
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private LstmApplication(Assembly parts) {
        this.parts = parts;
        this.config = parts.kafka();
        this.streams = parts.newStreams();
        this.states = LocalStates.of(config);
        this.atClose = atClose(config);
        this.gauges = new Gauges(streams, restoration, parts.models(), parts.kernel());
        this.health = new StreamHealth(streams::metrics, pollInterval(config), System::nanoTime);
        this.queries = parts.newQueries(streams);
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
        Assembly parts = Assembly.of(config);
        LstmApplication application = new LstmApplication(parts);
        try {
            application.start();
        } catch (ProcessorStateException e) {
            application.close();
            if (!application.states.discardDamaged(e)) {
                throw e;
            }
            return start(config); // with one damaged copy less
        }
        WarmUp.start(parts.model(), parts.kernel(), config.batchSize());
        return application;
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
            if (parts.limits().explains(exception)) {
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
        return parts.metrics();
    }

    /** What can be read of it now, the counts among it. */
    public List<Reading> readings() {
        List<Reading> all = new ArrayList<>(parts.metrics().readings());
        all.addAll(gauges.readings());
        return all;
    }

    /** Returns the Kafka Streams client, for its metrics. */
    public KafkaStreams streams() {
        return streams;
    }

    /** What it did last; null where it has no HTTP server that could be asked. */
    public StepTrace trace() {
        return parts.trace();
    }

    /** Answers questions about its sequences; null where it has no HTTP server that could be asked. */
    public StateQueries queries() {
        return queries;
    }

    /** Returns the name of the dead-letter topic. */
    public String deadLetterTopic() {
        return parts.deadLetterTopic();
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
        return parts.shadow() == null ? null : parts.shadow().metrics();
    }

    /** The model that it runs, or ran first. */
    public Model model() {
        return parts.model();
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

    /** Commits what was processed, stops and, unless {@code group.instance.id} is set, leaves the group. */
    @Override
    public void close() {
        boolean closed = streams.close(atClose);
        health.close();
        parts.closeReaders();
        if (closed) {
            parts.memory().close();
        } else {
            LOG.warn("not all threads stopped within {} s", CLOSE_TIMEOUT.toSeconds());
        }
    }
}
