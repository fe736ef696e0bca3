package io.lstmstreams.statetopic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A topic of one partition whose records change between two readings, as compaction changes them. */
class StateTopicTest {
    private static final TopicPartition PARTITION = new TopicPartition("changelog", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    private StateTopic topic() {
        consumer.updatePartitions(
                PARTITION.topic(), List.of(new PartitionInfo(PARTITION.topic(), 0, null, new Node[0], new Node[0])));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        return new StateTopic(consumer, PARTITION.topic());
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String key, String value) {
        return new ConsumerRecord<>(
                PARTITION.topic(), 0, offset, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
    }

    private static List<String> visited(StateTopic topic) {
        List<String> visited = new ArrayList<>();
        topic.forEach(
                SequenceFilter.all(), state -> visited.add(state.sequence() + "=" + new String(state.value(), UTF_8)));
        return visited;
    }

    @Test
    void shouldVisitTheLastStateOfEachLiveSequence() {
        List<ConsumerRecord<byte[], byte[]>> records = List.of(
                record(0, "a", "1"),
                record(1, "b", "1"),
                record(2, "a", "2"),
                record(3, "b", null),
                record(4, "c", "1"));
        consumer.updateEndOffsets(Map.of(PARTITION, 5L));
        consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));
        consumer.schedulePollTask(() -> records.forEach(consumer::addRecord));

        try (StateTopic topic = topic()) {
            assertThat(visited(topic)).containsExactly("a=2", "c=1");
        }
    }

    @Test
    void shouldFindTheSuccessorOfAStateThatIsCompactedAwayBetweenTwoReadings() {
        // Given: after the first reading a has another state and d has ended, and their old records are removed
        consumer.updateEndOffsets(Map.of(PARTITION, 3L));
        List<ConsumerRecord<byte[], byte[]>> before =
                List.of(record(0, "a", "1"), record(1, "d", "1"), record(2, "b", "1"));
        List<ConsumerRecord<byte[], byte[]>> after =
                List.of(record(2, "b", "1"), record(3, "a", "2"), record(4, "d", null));
        consumer.schedulePollTask(() -> before.forEach(consumer::addRecord));
        for (int i = 0; i < 3; i++) {
            consumer.schedulePollTask(() -> {
                consumer.updateEndOffsets(Map.of(PARTITION, 5L));
                after.forEach(consumer::addRecord);
            });
        }

        // When, Then
        try (StateTopic topic = topic()) {
            assertThat(visited(topic)).containsExactly("b=1", "a=2");
        }
    }
}
