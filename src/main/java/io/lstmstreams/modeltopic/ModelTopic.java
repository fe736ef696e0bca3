package io.lstmstreams.modeltopic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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

/** A models topic as it is read, from its beginning on. Not thread-safe. */
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
     * Sees to it that there is such a topic.
     *
     * @param admin how to talk to the brokers
     * @throws ModelTopicException if there is none and none can be made, or if it has more than one partition
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
            if (!(e.getCause() instanceof TopicExistsException)) { // somebody else was faster
                throw ModelTopicException.passing(
                        "the models topic " + topic + " does not exist and cannot be made: "
                                + e.getCause().getMessage(),
                        e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ModelTopicException.passing("interrupted while looking at the models topic " + topic, e);
        }
    }

    private static boolean exists(Admin client, String topic) throws ExecutionException, InterruptedException {
        try {
            int partitions = client.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
            if (partitions != 1) {
                throw ModelTopicException.lasting("the models topic " + topic + " has " + partitions
                        + " partitions: it needs 1, so that all instances see the same order");
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
     * Opens a topic; nothing has been read then.
     *
     * @param settings of a consumer without a group
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

    /** What was read so far adds up to this. */
    public ModelTopicIndex index() {
        return index;
    }

    /**
     * Reads what is there already.
     *
     * @throws KafkaException if the brokers do not let it, or do not answer in time
     */
    public void catchUp() {
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (position() < end) {
            poll(POLL);
        }
    }

    /** Reads what comes within a time. */
    public void poll(Duration time) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
            index.accept(record.key(), record.value(), record.offset());
        }
    }

    /** The offset of the next record to be read. */
    public long position() {
        return consumer.position(partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
