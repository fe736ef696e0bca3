package io.lstmstreams.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the committed records of the topics that the application writes, from their beginning, and compares them. Not
 * thread-safe.
 */
public final class Results implements AutoCloseable {
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Comparison> comparisons; // by topic

    public Results(String bootstrapServers, Topics topics, Expectation expectation) {
        this.comparisons = Map.of(
                topics.results(), new Comparison("results", expectation.results()),
                topics.verdicts(), new Comparison("verdicts", expectation.verdicts()),
                topics.deadLetters(), new Comparison("dead letters", expectation.deadLetters()));
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(comparisons.keySet().stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
    }

    /**
     * Waits for all expected answers, and then for further ones.
     *
     * @param timeout the maximum time without a new answer
     * @return whether all expected answers were found
     */
    public boolean await(Duration timeout) {
        long latest = System.nanoTime();
        long quiet = 0;
        while (quiet < (hasAll() ? QUIET : timeout).toNanos()) {
            if (take(consumer.poll(Duration.ofMillis(200)))) {
                latest = System.nanoTime();
            }
            quiet = System.nanoTime() - latest;
        }
        return hasAll();
    }

    /** Reads to the end, when nobody writes any more. */
    public void readToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            take(consumer.poll(Duration.ofMillis(200)));
        }
    }

    private boolean take(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Header id = record.headers().lastHeader(Load.ID);
            comparisons
                    .get(record.topic())
                    .take(
                            record.partition(),
                            id == null ? Expectation.idOfLeft(text(record.key())) : text(id.value()),
                            text(record.key()),
                            text(record.value()));
        }
        return !records.isEmpty();
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "(none)" : new String(bytes, UTF_8);
    }

    private boolean hasAll() {
        return comparisons.values().stream().allMatch(Comparison::hasAll);
    }

    /** Returns the findings. */
    public List<Tally> tallies() {
        return Stream.of("results", "verdicts", "dead letters")
                .flatMap(what -> comparisons.values().stream()
                        .map(Comparison::tally)
                        .filter(tally -> tally.what().equals(what)))
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
