package io.lstmstreams.runtime;

import io.lstmstreams.waiting.ProgressTimeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker as its clients see it. */
final class Broker {
    private final String bootstrapServers;

    Broker(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    private Map<String, Object> settings(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrapServers);
        return settings;
    }

    void createTopic(String name, int partitions) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(settings(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        }
    }

    Collection<String> topics() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(settings(Map.of()))) {
            return admin.listTopics().names().get();
        }
    }

    /** Returns the number of a topic's partitions; 0 if this broker does not know the topic yet. */
    int partitions(String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(settings(Map.of()))) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            return orNone(e, UnknownTopicOrPartitionException.class);
        }
    }

    /** Returns the number of a group's members that have partitions, once the group is stable. */
    long workers(String group) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(settings(Map.of()))) {
            ConsumerGroupDescription description =
                    admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            return description.groupState() != GroupState.STABLE
                    ? 0
                    : description.members().stream()
                            .filter(member ->
                                    !member.assignment().topicPartitions().isEmpty())
                            .count();
        } catch (ExecutionException e) {
            return orNone(e, GroupIdNotFoundException.class);
        }
    }

    private static int orNone(ExecutionException failure, Class<? extends Exception> absent) throws ExecutionException {
        if (absent.isInstance(failure.getCause())) {
            return 0;
        }
        throw failure;
    }

    /** Sends records and waits until all are acknowledged. */
    void send(List<ProducerRecord<byte[], byte[]>> records) throws InterruptedException, ExecutionException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                settings(Map.of("linger.ms", 5)), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<?> each : sent) {
                each.get();
            }
        }
    }

    /**
     * Reads the committed records of a topic.
     *
     * @param enough reading continues until the records satisfy this
     */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        ProgressTimeout timeout = new ProgressTimeout("enough records in " + topic);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            while (!enough.test(found)) {
                timeout.check(found.size() + " records");
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    /** Returns all committed records, when nobody writes any more. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }

    /** Returns a consumer of committed records, at the beginning of all partitions. */
    private KafkaConsumer<byte[], byte[]> consumer(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                settings(Map.of("isolation.level", "read_committed")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        ProgressTimeout timeout = new ProgressTimeout("the topic " + topic);
        while (partitions.isEmpty()) { // the topic was just created
            timeout.check("");
            partitions = consumer.partitionsFor(topic);
        }
        consumer.assign(partitions.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }
}
