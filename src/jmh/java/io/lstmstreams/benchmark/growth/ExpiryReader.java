package io.lstmstreams.benchmark.growth;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A thread that reads committed results, whose latency it measures, and committed verdicts, each of which it must
 * receive exactly once.
 */
final class ExpiryReader extends Thread implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String results;
    private final String prefix;
    private final int expected;
    private final long expiry;
    private final BitSet ended = new BitSet();
    private final Histogram calm = IdleBenchmark.histogram();
    private final Histogram expiring = IdleBenchmark.histogram();
    private volatile boolean done;
    private long twice;
    private long lastVerdict;

    /**
     * Starts reading at the end of the results and at the beginning of the verdicts.
     *
     * @param prefix the prefix of the ids of the sequences that expire, before their number
     * @param expected the number of sequences that expire
     * @param expiry the time at which they expire, in milliseconds since the epoch
     */
    ExpiryReader(String brokers, String results, String verdicts, String prefix, int expected, long expiry) {
        super("expiry-reader");
        this.results = results;
        this.prefix = prefix;
        this.expected = expected;
        this.expiry = expiry;
        Properties properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed"));
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> ofResults = partitions(results);
        List<TopicPartition> ofVerdicts = partitions(verdicts);
        consumer.assign(Stream.concat(ofResults.stream(), ofVerdicts.stream()).toList());
        consumer.seekToBeginning(ofVerdicts);
        consumer.seekToEnd(ofResults);
        ofResults.forEach(consumer::position); // sets the position now and not at the first poll
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(found -> new TopicPartition(topic, found.partition()))
                .toList();
    }

    /** Returns whether all verdicts were read. */
    boolean isDone() {
        return done;
    }

    @Override
    public void run() {
        while (ended.cardinality() < expected) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                String key = new String(record.key(), StandardCharsets.UTF_8);
                if (record.topic().equals(results)) {
                    result(key, record.timestamp());
                } else if (key.startsWith(prefix)) {
                    verdict(Integer.parseInt(key.substring(prefix.length())));
                }
            }
        }
        done = true;
    }

    private void result(String key, long time) {
        if (!key.startsWith(prefix)) {
            long now = System.currentTimeMillis();
            (now < expiry ? calm : expiring).recordValue(Math.max(0, now - time));
        }
    }

    private void verdict(int sequence) {
        twice += ended.get(sequence) ? 1 : 0;
        ended.set(sequence);
        lastVerdict = System.currentTimeMillis();
    }

    /** Returns the measurements as a few lines of text. */
    String report() {
        return "%,d sequences expired at once; %,d verdicts, %d twice, the last after %.1f s%n"
                        .formatted(expected, ended.cardinality(), twice, (lastVerdict - expiry) / 1e3)
                + "event to result, ms:  p50 / p99 / p99.9 / most%n".formatted()
                + row("before they expire", calm)
                + row("while they expire", expiring)
                + "p99.9: %.2f times"
                        .formatted((double) expiring.getValueAtPercentile(99.9) / calm.getValueAtPercentile(99.9));
    }

    private static String row(String name, Histogram histogram) {
        return "  %s (%,d events): %d / %d / %d / %d%n"
                .formatted(
                        name,
                        histogram.getTotalCount(),
                        histogram.getValueAtPercentile(50),
                        histogram.getValueAtPercentile(99),
                        histogram.getValueAtPercentile(99.9),
                        histogram.getMaxValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
