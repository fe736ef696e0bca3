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
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running instance of the application. Safe for any number of threads. */
@API(status = API.Status.STABLE)
public final class LstmApplication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LstmApplication.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final Assembly parts;
    private final KafkaStreams streams;
    private final StreamsConfig config;
    private final LocalStates states;
    private final CloseOptions closeOptions;
    private final Restoration restoration = new Restoration();
    private final Gauges gauges;
    private final StreamHealth health;
    private final StateQueries queries;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private LstmApplication(Assembly parts) {
        this.parts = parts;
        this.config = parts.kafka();
        this.streams = parts.newStreams();
        this.states = LocalStates.of(config);
        this.closeOptions = closeOptions(config);
        this.gauges = new Gauges(streams, restoration, parts.models(), parts.kernel());
        this.health = StreamHealth.of(streams, config);
        this.queries = parts.newQueries(streams);
    }

    /**
     * Loads the model, checks the topics and starts to process records. Returns before the states are restored.
     *
     * @throws ApplicationException if the brokers do not answer or the input topic does not exist
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if there is no usable model
     * @throws io.lstmstreams.modeltopic.ModelTopicException if there is no usable models topic
     * @throws org.apache.kafka.common.config.ConfigException if Kafka refuses its part of the configuration
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
            return start(config); // without the damaged copy
        }
        WarmUp.start(parts.model(), parts.kernel(), config.batchSize());
        return application;
    }

    /**
     * Returns how to leave: at once, so that other instances take the partitions; a static member stays in the group.
     */
    private static CloseOptions closeOptions(StreamsConfig config) {
        boolean isStatic =
                config.getMainConsumerConfigs("", "", 0).get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG) != null;
        return CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(
                        isStatic ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.LEAVE_GROUP);
    }

    private void start() {
        streams.setUncaughtExceptionHandler(exception -> {
            if (parts.limits().explains(exception)) {
                LOG.warn("the limits of a topic have changed: a new stream thread continues with the new limits");
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

    /** Returns the counters since the start. */
    public StreamMetrics metrics() {
        return parts.metrics();
    }

    /** Returns all readings: the counters and the gauges. */
    @API(status = API.Status.INTERNAL)
    public List<Reading> readings() {
        List<Reading> all = new ArrayList<>(parts.metrics().readings());
        all.addAll(gauges.readings());
        return all;
    }

    /** Returns the Kafka Streams client, for its metrics. */
    public KafkaStreams streams() {
        return streams;
    }

    /** Returns the trace of the recent steps; empty without an HTTP server. */
    @API(status = API.Status.INTERNAL)
    public StepTrace trace() {
        return parts.trace();
    }

    /** Returns the queries of sequences; they find no state without an HTTP server. */
    @API(status = API.Status.INTERNAL)
    public StateQueries queries() {
        return queries;
    }

    /** Returns the name of the dead-letter topic. */
    public String deadLetterTopic() {
        return parts.deadLetterTopic();
    }

    /** Returns the name of the state store. */
    public String stateStore() {
        return LstmTopology.STORE;
    }

    /** Returns the changelog topic of the state store. */
    public String changelogTopic() {
        return Changelog.topic(config, stateStore());
    }

    /** Returns the counters of the shadow model since the start; null without a shadow model. */
    public @Nullable StreamMetrics shadowMetrics() {
        return parts.shadowMetrics();
    }

    /** Returns the model that was active at the start. */
    public Model model() {
        return parts.model();
    }

    /** Returns the state of the stream, with the name that Kafka Streams gives it. */
    public String state() {
        return streams.state().name();
    }

    /** Returns the health of the stream. */
    @API(status = API.Status.INTERNAL)
    public StreamHealth health() {
        return health;
    }

    /** Returns whether partitions are assigned, their states are restored, and records are processed. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Returns whether the application has stopped, by {@link #close} or by a failure, see {@link #awaitStop}. */
    public boolean hasStopped() {
        return stopped.getCount() == 0;
    }

    /**
     * Waits until the application is running for the first time, see {@link #isRunning}.
     *
     * @throws ApplicationException if it has stopped instead, or is not running within the timeout
     */
    public void awaitRunning(Duration timeout) throws InterruptedException {
        boolean inTime = running.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (hasStopped()) {
            awaitStop();
        }
        if (!inTime) {
            throw new ApplicationException("the stream is not running after " + timeout.toSeconds() + " s");
        }
    }

    /**
     * Waits until the application stops, by {@link #close} or by a failure.
     *
     * @throws ApplicationException if a failure has stopped it; the message is one line with the reason
     */
    public void awaitStop() throws InterruptedException {
        stopped.await();
        Throwable cause = failure.get();
        if (cause != null) {
            states.discardDamaged(cause); // so that the next start does not fail in the same way
            throw new ApplicationException("the stream stopped: " + Failures.innermost(cause), cause);
        }
    }

    /** Commits the processed records, stops, and leaves the group unless {@code group.instance.id} is set. */
    @Override
    public void close() {
        boolean closed = streams.close(closeOptions);
        health.close();
        parts.closeReaders();
        if (closed) {
            parts.memory().close();
        } else {
            LOG.warn("some threads have not stopped within {} s", CLOSE_TIMEOUT.toSeconds());
        }
    }
}
