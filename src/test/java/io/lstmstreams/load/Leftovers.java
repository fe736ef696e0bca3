package io.lstmstreams.load;

import io.lstmstreams.state.StateCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The states that are left in the changelog when nobody writes to it any more. */
public final class Leftovers {
    private Leftovers() {}

    /** Returns the number of sequences that have a state, and not only the ids of their last events. */
    public static int count(String bootstrapServers, String changelog) {
        Set<ByteBuffer> left = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(changelog).stream()
                    .map(partition -> new TopicPartition(changelog, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.value() == null || StateCodec.isEnded(record.value())) {
                        left.remove(ByteBuffer.wrap(record.key()));
                    } else {
                        left.add(ByteBuffer.wrap(record.key()));
                    }
                }
            }
        }
        return left.size();
    }
}
