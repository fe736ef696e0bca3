package io.lstmstreams.client;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.OutputFormat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A reader of the output topics of an application: results, verdicts and dead letters that are committed, those of all
 * partitions in the order of their timestamps as far as they are there. It belongs to no consumer group and changes
 * nothing. {@link #stop} may be called by any thread, all else by one.
 */
public final class OutputReader implements AutoCloseable {
    private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BUFFERED = 2_000; // records of a partition

    private final String servers;
    private final OutputFormat format;
    private final Map<String, OutputTopic> topics = new LinkedHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Deque<ConsumerRecord<byte[], byte[]>>> buffers = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>(); // those at the start, if read from the beginning
    private volatile boolean stopped;

    /**
     * Creates a reader.
     *
     * @param kinds the topics to read; those that the application does not write are left out
     * @throws ClientException if the application writes none of the topics
     */
    public OutputReader(LstmStreamsConfig config, Collection<OutputTopic> kinds) {
        kinds.forEach(kind -> {
            String name = kind.name(config);
            if (name != null) {
                topics.put(name, kind);
            }
        });
        if (topics.isEmpty()) {
            throw new ClientException("the configuration names no such topic");
        }
        Map<String, Object> settings =
                new HashMap<>(new StreamsConfig(config.kafka()).getGlobalConsumerConfigs("read")); // without a group
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(BROKER_TIMEOUT.toMillis()));
        settings.putIfAbsent(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(BROKER_TIMEOUT.toMillis()));
        this.servers = String.valueOf(config.kafka().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG));
        this.format = config.output().format();
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Reads all records that are committed now.
     *
     * @throws ClientException if no broker answers or none of the topics exists
     */
    public void readAll(Consumer<OutputRecord> action) {
        answered(() -> {
            List<TopicPartition> partitions = partitions();
            if (partitions.isEmpty()) {
                throw new ClientException((topics.size() == 1 ? "the topic " : "none of the topics ")
                        + String.join(", ", topics.keySet())
                        + (topics.size() == 1 ? " does not exist" : " exists")
                        + ": the application creates its topics when it starts");
            }
            assign(partitions, true);
            ends.putAll(consumer.endOffsets(partitions));
            while (!stopped && !areRead()) {
                poll(true);
                emit(action);
            }
        });
    }

    /**
     * Reads new records until {@link #stop}. Waits for topics that do not exist yet.
     *
     * @param fromBeginning true to read the records that are there first
     * @param waiting receives the topics that are waited for, once
     */
    public void follow(boolean fromBeginning, Consumer<OutputRecord> action, Consumer<Collection<String>> waiting) {
        answered(() -> {
            List<TopicPartition> partitions = partitions();
            boolean complete = missing(partitions).isEmpty();
            if (!complete) {
                waiting.accept(missing(partitions));
            }
            assign(partitions, fromBeginning);
            if (fromBeginning) {
                ends.putAll(consumer.endOffsets(partitions));
            }
            while (!stopped) {
                if (!complete) {
                    List<TopicPartition> now = partitions();
                    now.removeAll(partitions);
                    if (!now.isEmpty()) {
                        partitions.addAll(now);
                        consumer.assign(partitions);
                        consumer.seekToBeginning(now); // all of their records are new
                    }
                    complete = missing(partitions).isEmpty();
                }
                poll(false);
                emit(action);
            }
        });
    }

    private void answered(Runnable action) {
        try {
            action.run();
        } catch (WakeupException e) {
            // stopped
        } catch (TimeoutException e) {
            throw new ClientException("no broker answers at " + servers, e);
        }
    }

    private List<TopicPartition> partitions() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics.keySet()) {
            consumer.partitionsFor(topic)
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        return partitions;
    }

    private List<String> missing(List<TopicPartition> partitions) {
        List<String> missing = new ArrayList<>(topics.keySet());
        partitions.forEach(partition -> missing.remove(partition.topic()));
        return missing;
    }

    private void assign(List<TopicPartition> partitions, boolean fromBeginning) {
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // now, not when the first record has arrived
        }
    }

    /**
     * Fetches more records of partitions whose buffers are not full.
     *
     * @param bounded true to leave out records that were not there at the start
     */
    private void poll(boolean bounded) {
        if (consumer.assignment().isEmpty()) {
            sleep();
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            if (!bounded || record.offset() < ends.getOrDefault(partition, 0L)) {
                buffer(partition).add(record);
            }
        }
        List<TopicPartition> full = consumer.assignment().stream()
                .filter(partition -> buffer(partition).size() >= BUFFERED)
                .toList();
        consumer.resume(consumer.paused());
        consumer.pause(full);
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Deque<ConsumerRecord<byte[], byte[]>> buffer(TopicPartition partition) {
        return buffers.computeIfAbsent(partition, any -> new ArrayDeque<>());
    }

    /** Hands over the oldest records, as long as no partition could still have an older one. */
    private void emit(Consumer<OutputRecord> action) {
        while (consumer.assignment().stream()
                .allMatch(partition -> !buffer(partition).isEmpty() || isAtEnd(partition))) {
            Optional<ConsumerRecord<byte[], byte[]>> oldest = buffers.values().stream()
                    .filter(buffer -> !buffer.isEmpty())
                    .map(Deque::element)
                    .min(Comparator.<ConsumerRecord<byte[], byte[]>>comparingLong(ConsumerRecord::timestamp)
                            .thenComparing(record -> kind(record.topic())));
            if (oldest.isEmpty()) {
                return;
            }
            ConsumerRecord<byte[], byte[]> record = oldest.get();
            buffer(new TopicPartition(record.topic(), record.partition())).remove();
            action.accept(new OutputRecord(kind(record.topic()), format, record));
        }
    }

    private OutputTopic kind(String topic) {
        return Objects.requireNonNull(topics.get(topic));
    }

    /** Returns whether all records are fetched: those that were there at the start, and those that are there now. */
    private boolean isAtEnd(TopicPartition partition) {
        return consumer.position(partition) >= ends.getOrDefault(partition, 0L)
                && (ends.containsKey(partition)
                        || consumer.currentLag(partition).orElse(0) == 0);
    }

    private boolean areRead() {
        return ends.keySet().stream().allMatch(partition -> buffer(partition).isEmpty() && isAtEnd(partition));
    }

    /** Ends a read early. */
    public void stop() {
        stopped = true;
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
