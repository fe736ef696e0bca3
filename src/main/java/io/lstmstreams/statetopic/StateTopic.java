package io.lstmstreams.statetopic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;

/**
 * The changelog of a store of states, as it is read: all that is committed, from its beginning to its end as of then, while the
 * application goes on or not. Of a key's records the last one counts. Not thread-safe.
 */
public final class StateTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_WAIT_MS = 10; // the next partition waits for the answer about the end of this one
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
     * Opens a changelog; nothing has been read then.
     *
     * @param settings of a consumer without a group
     * @throws StateTopicException if there is no such topic
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
                        "there is no topic " + topic + ": the application has not run on this cluster", null);
            }
            return states;
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** The number of partitions. */
    public int partitions() {
        return partitions;
    }

    /** Where Kafka's default partitioner puts a key among so many partitions. */
    public static int defaultPartition(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    /** The state of one sequence; null if it has none. Its events may have been partitioned by any rule. */
    public StateRecord find(byte[] key) {
        List<Integer> order = new ArrayList<>();
        order.add(defaultPartition(key, partitions));
        for (int partition = 0; partition < partitions; partition++) {
            if (partition != order.get(0)) {
                order.add(partition);
            }
        }
        for (int partition : order) {
            StateRecord[] last = {null};
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
     * Visits the states of sequences, each once, partition by partition. A partition is read twice: for the offsets of the last
     * records, in some 32 bytes a sequence, and for these records.
     *
     * @param wanted the ids that count
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
            // What is left was compacted away meanwhile, and so has a newer record or none.
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
        readToEnd(partition, visitor); // a record that was compacted away meanwhile has its successor there
    }

    private void readToEnd(TopicPartition partition, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        long end = consumer.endOffsets(List.of(partition)).get(partition);
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
                        "no broker lets partition " + partition + " be read for " + TIMEOUT.toSeconds() + " s", null);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
