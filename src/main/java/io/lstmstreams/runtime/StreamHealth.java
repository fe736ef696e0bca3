package io.lstmstreams.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of a stream: whether stream threads are stalled, and whether the stream is behind. A thread of its own
 * samples the metrics of the stream, so that a reader waits for no lock, even if that thread does. Safe for any
 * number of threads.
 */
public final class StreamHealth implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamHealth.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Supplier<Map<MetricName, ? extends Metric>> metrics;
    private final Duration limit;
    private final LongSupplier nanoTime;
    private final StalledThreads stalledThreads;
    private final Backlog backlog = new Backlog();
    private final Thread thread = new Thread(this::run, "health");
    private volatile Report report;

    /**
     * The last sample.
     *
     * @param at the time of the sample, in nanoseconds of the clock
     * @param observed the time since the start, without pauses of the whole process
     * @param stalled the reason why the stream is stalled; empty if it is not
     * @param behind the reason why the stream is behind; empty if it is not
     */
    private record Report(long at, Duration observed, Optional<String> stalled, Optional<String> behind) {}

    /**
     * Creates the health of a stream; {@link #start} starts to sample it.
     *
     * @param metrics supplies the metrics of {@link KafkaStreams}
     * @param limit the time in which a stream thread that is not stalled completes a poll loop
     * @param nanoTime the clock, in nanoseconds
     */
    StreamHealth(Supplier<Map<MetricName, ? extends Metric>> metrics, Duration limit, LongSupplier nanoTime) {
        this.metrics = metrics;
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.stalledThreads = new StalledThreads(limit);
        this.report = new Report(nanoTime.getAsLong(), Duration.ZERO, Optional.empty(), Optional.empty());
        thread.setDaemon(true);
    }

    /**
     * Returns the health of a client; {@link #start} starts to sample it.
     *
     * @param config the client's settings
     */
    public static StreamHealth of(KafkaStreams streams, StreamsConfig config) {
        return new StreamHealth(streams::metrics, pollInterval(config), System::nanoTime);
    }

    /** Returns the time after which Kafka removes a stream thread that does not poll. */
    private static Duration pollInterval(StreamsConfig config) {
        String key = ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG;
        Object configured = config.getMainConsumerConfigs("", "", 0).get(key);
        Object used =
                configured == null ? ConsumerConfig.configDef().defaultValues().get(key) : configured;
        return Duration.ofMillis((Integer) ConfigDef.parseType(key, used, ConfigDef.Type.INT));
    }

    /** Starts to sample, once. */
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
                sample();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the application stops
        }
    }

    /** Takes a sample. */
    void sample() {
        try {
            Report last = report;
            StreamReading reading = StreamReading.of(metrics.get());
            long now = nanoTime.getAsLong();
            // A pause of the whole process or of the machine is not time that its threads had for their loops.
            Duration passed = Duration.ofNanos(Math.min(now - last.at(), 2 * INTERVAL.toNanos()));
            Duration observed = last.observed().plus(passed);
            Map<String, String> stalled = stalled(reading, observed);
            boolean behind = backlog.add(reading, observed);
            report = new Report(
                    now,
                    observed,
                    stalled.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", stalled.values())),
                    behind ? Optional.of(describe(reading.lag())) : Optional.empty());
            if (last.stalled().isEmpty()) {
                stalled.forEach((name, reason) -> LOG.warn("{}, at {}", reason, JvmThreads.stack(name)));
            }
            if (last.behind().isEmpty()) {
                report.behind().ifPresent(LOG::warn);
            }
        } catch (RuntimeException e) {
            LOG.warn("the stream's health could not be sampled: {}", e.toString());
        }
    }

    private static String describe(double lag) {
        return "the lag of %.0f records has not fallen for %d minutes".formatted(lag, Backlog.WINDOW.toMinutes());
    }

    /** Returns the reason of each stalled thread, by the thread's name. */
    private Map<String, String> stalled(StreamReading reading, Duration observed) {
        Map<String, String> reasons = new TreeMap<>();
        stalledThreads
                .add(reading.polls(), observed)
                .forEach((name, time) -> reasons.put(
                        name,
                        "stream thread " + name + " has not completed a poll loop for " + time.toSeconds() + " s"));
        JvmThreads.deadlocked().stream()
                .filter(reading.polls()::containsKey)
                .forEach(name -> reasons.put(name, "stream thread " + name + " is in a deadlock"));
        return reasons;
    }

    /** Returns the reason why the stream is stalled, in one line that names the threads; empty if it is not stalled. */
    public Optional<String> stalled() {
        Report last = report;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - last.at());
        return last.stalled().isEmpty() && seconds >= limit.toSeconds() + 2 * INTERVAL.toSeconds()
                ? Optional.of("the stream's metrics could not be read for " + seconds + " s")
                : last.stalled();
    }

    /** Returns the reason why the stream is behind, in one line; empty if it is not behind. */
    public Optional<String> behind() {
        return report.behind();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
