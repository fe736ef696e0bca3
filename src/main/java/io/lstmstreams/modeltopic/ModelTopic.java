package io.lstmstreams.modeltopic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** A reader of a models topic, from its beginning. Not thread-safe. */
public final class ModelTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final ModelTopicIndex index = new ModelTopicIndex();

    private ModelTopic(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        this.consumer = consumer;
        this.partition = partition;
    }

    /**
     * Creates a models topic if it does not exist.
     *
     * @param admin the settings of an admin client
     * @param topic the models topic
     * @throws ModelTopicException if the topic does not exist and cannot be created, or if it has more than one
     *     partition
     */
    public static void prepare(Map<String, Object> admin, String topic) {
        try (Admin client = Admin.create(admin)) {
            if (!exists(client, topic)) {
                client.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())
                                .configs(
                                        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))))
                        .all()
                        .get();
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) { // another client has just created it
                throw ModelTopicException.temporary(
                        "the models topic " + topic + " does not exist and cannot be created: " + reason(e),
                        e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ModelTopicException.temporary("interrupted while checking the models topic " + topic, e);
        }
    }

    private static boolean exists(Admin client, String topic) throws ExecutionException, InterruptedException {
        try {
            int partitions = client.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .mapToInt(description -> description.partitions().size())
                    .sum(); // of the one topic
            if (partitions != 1) {
                throw ModelTopicException.permanent("the models topic " + topic + " must have 1 partition, so that all"
                        + " instances see the same order, but has " + partitions);
            }
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Opens a topic. Reads no record yet.
     *
     * @param settings the settings of a consumer without a group
     * @param topic the models topic
     */
    public static ModelTopic open(Map<String, Object> settings, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaConsumer<byte[], byte[]> consumer = consumer(settings, partition);
        return new ModelTopic(consumer, partition);
    }

    static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings, TopicPartition partition) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    static long beginOffset(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        return Objects.requireNonNull(
                consumer.beginningOffsets(List.of(partition)).get(partition));
    }

    static long endOffset(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    }

    /** Returns the message of the failure of an asynchronous call. */
    static @Nullable String reason(ExecutionException e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }

    /** Returns the index of all records read so far. */
    public ModelTopicIndex index() {
        return index;
    }

    /**
     * Reads all records up to the present end of the topic.
     *
     * @throws KafkaException if the brokers deny access, or do not answer in time
     */
    public void catchUp() {
        long end = endOffset(consumer, partition);
        while (position() < end) {
            poll(POLL);
        }
    }

    /** Reads the records that arrive within a time. */
    public void poll(Duration time) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
            index.accept(record.key(), record.value(), record.offset());
        }
    }

    /** Returns the offset of the next record to read. */
    public long position() {
        return consumer.position(partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
