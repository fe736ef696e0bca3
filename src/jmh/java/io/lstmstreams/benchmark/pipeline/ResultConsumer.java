package io.lstmstreams.benchmark.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer that reads the committed records of a topic of results from its beginning. */
final class ResultConsumer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private long lastSeen = System.nanoTime();

    ResultConsumer(Cluster cluster, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        cluster.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, cluster.partitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Returns the results since the last call; may be empty.
     *
     * @throws IllegalStateException if no result is received for a minute
     */
    ConsumerRecords<byte[], byte[]> poll() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (!records.isEmpty()) {
            lastSeen = System.nanoTime();
        } else if (System.nanoTime() - lastSeen > TIMEOUT_NANOS) {
            throw new IllegalStateException("no result for a minute; -Dtest.log.kafka=WARN says more");
        }
        return records;
    }

    /** Returns the values of this many results, for each partition in order. */
    Map<Integer, List<byte[]>> read(int results) {
        Map<Integer, List<byte[]>> values = new HashMap<>();
        for (int seen = 0; seen < results; ) {
            for (ConsumerRecord<byte[], byte[]> result : poll()) {
                values.computeIfAbsent(result.partition(), partition -> new ArrayList<>())
                        .add(result.value());
                seen++;
            }
        }
        return values;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
