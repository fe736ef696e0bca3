package io.lstmstreams.statetopic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the changelog of a state store. It reads all committed records, from the beginning of the topic to its
 * end at the time of the call. The application may run meanwhile. The last record of each key counts. Not thread-safe.
 */
public final class StateTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_WAIT_MS = 10; // the next partition waits for the last fetch of this one
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final int partitions;

    StateTopic(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        this.topic = topic;
        this.partitions = consumer.partitionsFor(topic).size();
    }

    /**
     * Opens a changelog. Reads no record yet.
     *
     * @param settings the settings of a consumer without a group
     * @param topic the changelog's name
     * @throws StateTopicException if the topic does not exist
     */
    public static StateTopic open(Map<String, Object> settings, String topic) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            StateTopic states = new StateTopic(consumer, topic);
            if (states.partitions == 0) {
                throw new StateTopicException(
                        "the topic " + topic + " does not exist: the application has not run on this cluster", null);
            }
            return states;
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Returns the number of partitions. */
    public int partitions() {
        return partitions;
    }

    /** Returns the partition that Kafka's default partitioner assigns to a key. */
    public static int defaultPartition(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    /** Returns the state of a sequence, or null. Finds the state whatever the partitioning of the events. */
    public @Nullable StateRecord find(byte[] key) {
        List<Integer> order = new ArrayList<>();
        order.add(defaultPartition(key, partitions));
        for (int partition = 0; partition < partitions; partition++) {
            if (partition != order.get(0)) {
                order.add(partition);
            }
        }
        for (int partition : order) {
            @Nullable StateRecord[] last = {null};
            scan(partition, record -> {
                if (Arrays.equals(record.key(), key)) {
                    last[0] = record.value() == null ? null : state(record);
                }
            });
            if (last[0] != null) {
                return last[0];
            }
        }
        return null;
    }

    /**
     * Visits each state once, partition by partition. Reads each partition twice: first to find the offsets of the last
     * records, which takes some 32 bytes of memory for each sequence, then to read these records.
     *
     * @param wanted a filter of the sequences' ids
     * @param visitor the receiver of each state
     */
    public void forEach(Predicate<byte[]> wanted, Consumer<StateRecord> visitor) {
        for (int partition = 0; partition < partitions; partition++) {
            visit(partition, wanted, visitor);
        }
    }

    private void visit(int partition, Predicate<byte[]> wanted, Consumer<StateRecord> visitor) {
        LastOffsets last = lastOffsets(partition, wanted);
        while (last.size() > 0) {
            LastOffsets left = last;
            scan(partition, record -> {
                if (record.value() != null && left.take(record.key(), record.offset())) {
                    visitor.accept(state(record));
                }
            });
            // The remaining records were compacted away meanwhile: their keys have a newer record, or none.
            last = left.size() > 0 ? lastOffsets(partition, left::contains) : left;
        }
    }

    private LastOffsets lastOffsets(int partition, Predicate<byte[]> wanted) {
        LastOffsets last = new LastOffsets();
        scan(partition, record -> {
            if (!wanted.test(record.key())) {
                return;
            }
            if (record.value() == null) {
                last.remove(record.key());
            } else {
                last.put(record.key(), record.offset());
            }
        });
        return last;
    }

    private static StateRecord state(ConsumerRecord<byte[], byte[]> record) {
        return new StateRecord(record.key(), record.partition(), record.value());
    }

    private void scan(int number, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        TopicPartition partition = new TopicPartition(topic, number);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        readToEnd(partition, visitor);
        readToEnd(partition, visitor); // finds the successors of records that were compacted away meanwhile
    }

    private void readToEnd(TopicPartition partition, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        long end =
                Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        long position = consumer.position(partition);
        while (position < end) {
            consumer.poll(POLL).forEach(visitor);
            long before = position;
            position = consumer.position(partition);
            if (position > before) {
                deadline = System.nanoTime() + TIMEOUT.toNanos();
            } else if (System.nanoTime() - deadline > 0) {
                throw new StateTopicException(
                        "partition " + partition + " could not be read within " + TIMEOUT.toSeconds() + " s", null);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
