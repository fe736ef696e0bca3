package io.lstmstreams.runtime;

import io.lstmstreams.topology.SendLimits;
import io.lstmstreams.topology.TopicLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the limits of the topics that the application writes to: at the start, every minute, and when a topic has
 * refused a record. If a right for that is missing, one warning says so, and the limits of the producer remain.
 * Safe for any number of threads.
 */
final class TopicLimitsReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicLimitsReader.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

    /**
     * The time after a change in which a record that was checked earlier can be refused: Kafka's default delivery
     * timeout.
     */
    private static final Duration DELIVERY = Duration.ofMinutes(2);

    private final StreamsConfig config;
    private final SendLimits limits;
    private final boolean compresses;
    private final Admin admin;
    private final ScheduledExecutorService schedule;
    private final Set<String> denied = new TreeSet<>(); // guarded by this, as is changedAt
    private long changedAt = System.nanoTime() - DELIVERY.toNanos();

    private TopicLimitsReader(StreamsConfig config, SendLimits limits) {
        this.config = config;
        this.limits = limits;
        Object compression = config.getProducerConfigs("limits").get(ProducerConfig.COMPRESSION_TYPE_CONFIG);
        this.compresses = compression != null && !compression.equals("none");
        Map<String, Object> settings = new HashMap<>(config.getAdminConfigs("limits"));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT.toMillis());
        this.admin = Admin.create(settings);
        this.schedule = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "topic-limits");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Reads the limits of all topics that {@code limits} has, now and every minute. */
    @SuppressWarnings("FutureReturnValueIgnored") // the schedule ends with its executor
    static TopicLimitsReader start(StreamsConfig config, SendLimits limits) {
        TopicLimitsReader reader = new TopicLimitsReader(config, limits);
        reader.refresh();
        reader.schedule.scheduleWithFixedDelay(
                reader::refresh, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return reader;
    }

    /** Reads all limits. A limit that cannot be read stays unchanged. */
    synchronized void refresh() {
        Set<String> deniedBefore = Set.copyOf(denied);
        try {
            List<ConfigResource> topics = limits.topics().stream()
                    .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                    .toList();
            for (Map.Entry<ConfigResource, KafkaFuture<Config>> described :
                    admin.describeConfigs(topics).values().entrySet()) {
                read(described.getKey().name(), described.getValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("the limits of the topics cannot be read and stay unchanged: {}", Failures.innermost(e));
        }
        if (!deniedBefore.containsAll(denied)) {
            LOG.warn(
                    "the limits of topics {} cannot be read: records are checked against the limits of the producer"
                            + " only; the application's user needs DESCRIBE_CONFIGS on these topics",
                    denied);
        }
    }

    /**
     * Returns whether a failure comes from a record that was checked against limits that have changed since. The new
     * limits are in force when this method returns, so that the record does not fail in the same way again.
     */
    boolean explains(Throwable failure) {
        if (!isRefusal(failure)) {
            return false;
        }
        refresh();
        synchronized (this) {
            return System.nanoTime() - changedAt < DELIVERY.toNanos();
        }
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException
                    || cause instanceof RecordBatchTooLargeException
                    || cause instanceof InvalidTimestampException) {
                return true;
            }
        }
        return false;
    }

    private void read(String topic, KafkaFuture<Config> described) throws InterruptedException {
        try {
            set(topic, described.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                readPlanned(topic);
            } else if (e.getCause() instanceof AuthorizationException) {
                denied.add(topic);
            } else {
                LOG.warn("the limits of topic {} cannot be read: {}", topic, Failures.innermost(e));
            }
        }
    }

    /** Reads the limits that an internal topic will have once Kafka Streams creates it. */
    private void readPlanned(String topic) throws InterruptedException {
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        config.originalsWithPrefix(StreamsConfig.TOPIC_PREFIX)
                .forEach((key, value) -> settings.put(key, value.toString()));
        NewTopic planned = new NewTopic(topic, Optional.of(1), Optional.empty()).configs(settings);
        try {
            set(
                    topic,
                    admin.createTopics(List.of(planned), new CreateTopicsOptions().validateOnly(true))
                            .config(topic)
                            .get());
        } catch (ExecutionException | KafkaException e) {
            LOG.debug("the limits that topic {} will have are not known", topic, e);
        }
    }

    private void set(String topic, Config described) {
        TopicLimits before = limits.get(topic);
        limits.set(topic, limits(described));
        if (!limits.get(topic).equals(before)) {
            changedAt = System.nanoTime();
            LOG.debug("topic {}: {}", topic, limits.get(topic));
        }
    }

    private TopicLimits limits(Config topic) {
        boolean checksTime = !"LogAppendTime".equals(value(topic, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, ""));
        String cleanup = value(topic, TopicConfig.CLEANUP_POLICY_CONFIG, "");
        return new TopicLimits(
                        Integer.MAX_VALUE,
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        checksTime ? millis(topic, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG) : Long.MAX_VALUE,
                        checksTime ? millis(topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG) : Long.MAX_VALUE,
                        cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT))
                .withMaxBytes(bytes(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG), TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                .withMaxBytes(bytes(topic, TopicConfig.SEGMENT_BYTES_CONFIG), TopicConfig.SEGMENT_BYTES_CONFIG);
    }

    /** Returns a size limit. With compression the limit is smaller, because incompressible data grows. */
    private int bytes(Config topic, String key) {
        int bytes = Integer.parseInt(value(topic, key, Integer.toString(Integer.MAX_VALUE)));
        String topicCompression = value(topic, TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        boolean grows = compresses || !List.of("producer", "uncompressed").contains(topicCompression);
        return grows ? Math.max(0, bytes - bytes / 256 - 128) : bytes;
    }

    private static long millis(Config topic, String key) {
        return Long.parseLong(value(topic, key, Long.toString(Long.MAX_VALUE)));
    }

    private static String value(Config config, String key, String defaultValue) {
        return Optional.ofNullable(config.get(key)).map(entry -> entry.value()).orElse(defaultValue);
    }

    @Override
    public void close() {
        schedule.shutdownNow();
        admin.close(Duration.ZERO);
    }
}
