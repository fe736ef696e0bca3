package io.lstmstreams.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.event.DeadLetterHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A task that reads results, verdicts and dead letters with read_committed, and records the latest anomalies with the
 * expected events.
 */
final class ResultWatcher implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LATEST = 5; // as many as fit on a terminal of 24 lines

    private final String results;
    private final String verdicts;
    private final String deadLetters;
    private final Tally tally;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong firstAt = new AtomicLong(); // by System.nanoTime
    private final AtomicLong lastAt = new AtomicLong(); // by System.nanoTime
    private final Map<String, Last> live = new HashMap<>(); // used by this thread only
    // Verdicts that were read before the last result of their sequence, by sequence.
    private final Map<String, JsonNode> early = new HashMap<>();
    private final Deque<Anomaly> latest = new ArrayDeque<>(); // guarded by itself
    private volatile boolean stopped;
    private volatile int liveSequences;
    private volatile @Nullable String firstRefusal;
    private volatile @Nullable RuntimeException failure;

    /** The last result of a sequence. */
    private record Last(long step, String expected, double probability, boolean reported) {}

    ResultWatcher(String bootstrapServers, String results, String verdicts, String deadLetters, Tally tally) {
        this.results = results;
        this.verdicts = verdicts;
        this.deadLetters = deadLetters;
        this.tally = tally;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    @Override
    public void run() {
        try (consumer) {
            List<TopicPartition> partitions = Stream.of(results, verdicts, deadLetters)
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (record.topic().equals(results)) {
                        result(JSON.readTree(record.value()));
                    } else if (record.topic().equals(verdicts)) {
                        verdict(JSON.readTree(record.value()));
                    } else {
                        refusal(record);
                    }
                }
                liveSequences = live.size();
            }
        } catch (IOException e) {
            failure = new UncheckedIOException(e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void result(JsonNode result) {
        lastAt.set(System.nanoTime());
        if (events.getAndIncrement() == 0) {
            firstAt.set(lastAt.get());
        }
        String sequence = result.path("sequence").asText();
        long step = result.path("step").asLong();
        Last before = live.get(sequence);
        boolean reported = before != null && before.reported();
        if (result.at("/score/anomalous").asBoolean() && before != null && !reported) {
            double probability = result.at("/score/probability").asDouble();
            report(new Anomaly(
                    sequence,
                    step,
                    result.path("event").asText(),
                    probability,
                    before.expected(),
                    before.probability()));
            reported = true;
        }
        JsonNode next = result.at("/next/0");
        live.put(
                sequence,
                new Last(
                        step,
                        next.path("event").asText(),
                        next.path("probability").asDouble(),
                        reported));
        JsonNode verdict = early.get(sequence);
        if (verdict != null && verdict.path("steps").asLong() == step) {
            early.remove(sequence);
            verdict(verdict);
        }
    }

    private void verdict(JsonNode verdict) {
        String sequence = verdict.path("sequence").asText();
        Last last = live.get(sequence);
        if (last == null || last.step() < verdict.path("steps").asLong()) {
            early.put(sequence, verdict);
            return;
        }
        live.remove(sequence);
        boolean anomalous = verdict.path("anomalous").asBoolean();
        if (anomalous && !last.reported()) {
            double probability = Math.exp(verdict.path("endLogProbability").asDouble());
            report(new Anomaly(sequence, last.step() + 1, null, probability, last.expected(), last.probability()));
        }
        tally.verdict(sequence, anomalous);
    }

    private void refusal(ConsumerRecord<byte[], byte[]> letter) {
        if (firstRefusal == null) {
            firstRefusal = new String(
                    letter.headers().lastHeader(DeadLetterHeaders.MESSAGE).value(), StandardCharsets.UTF_8);
        }
        refused.incrementAndGet();
    }

    private void report(Anomaly anomaly) {
        synchronized (latest) {
            latest.addFirst(anomaly);
            if (latest.size() > LATEST) {
                latest.removeLast();
            }
        }
    }

    /** Returns the latest anomalies, newest first. */
    List<Anomaly> latest() {
        synchronized (latest) {
            return List.copyOf(latest);
        }
    }

    /** Returns the number of results. */
    long events() {
        return events.get();
    }

    /** Returns the number of dead letters. */
    long refused() {
        return refused.get();
    }

    /** Returns the reason of the first dead letter; null if there is none. */
    @Nullable
    String firstRefusal() {
        return firstRefusal;
    }

    /** Returns the seconds between the first and the last result. */
    double seconds() {
        return (lastAt.get() - firstAt.get()) / 1e9;
    }

    int liveSequences() {
        return liveSequences;
    }

    void stop() {
        stopped = true;
    }

    /** Returns the reason of an early end; null if there is none. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }
}
