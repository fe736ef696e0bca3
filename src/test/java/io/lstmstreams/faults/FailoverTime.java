package io.lstmstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lstmstreams.benchmark.model.NetworkShape;
import io.lstmstreams.load.Journal;
import io.lstmstreams.waiting.ProgressTimeout;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures how long the sequences of a killed instance have no results: {@code mvn -q -Pfaults test-compile exec:exec
 * -Drun=FailoverTime}, without a standby replica and with one, three times each. Two instances share the work, each
 * sequence has had an event, and further events are sent all the time. The time of each partition of the killed
 * instance is that from the kill to the first committed result of an event that was sent after the kill.
 *
 * <p>{@code sequences=500000} sets the number of sequences; any other argument is a setting of the instances.
 */
public final class FailoverTime implements AutoCloseable {
    private static final int EVENTS_A_SECOND = 1_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int KILLS = 3;
    private static final long SETTLE = 25_000; // ms
    private static final byte[] EVENT = "{\"event\":\"E1\"}".getBytes(UTF_8);

    private final Cluster cluster;
    private final int sequences;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean done;

    private FailoverTime(Cluster cluster, int sequences) {
        this.cluster = cluster;
        this.sequences = sequences;
        String servers = cluster.broker().bootstrapServers();
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Measures the times and prints them. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> more = new TreeMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            more.put(parts[0], parts[1]);
        }
        int sequences = Integer.parseInt(more.containsKey("sequences") ? more.remove("sequences") : "500000");
        for (String standbys : new String[] {"0", "1"}) {
            measure(sequences, standbys, more, System.out);
        }
        System.exit(0);
    }

    private static void measure(int sequences, String standbys, Map<String, String> more, PrintStream out)
            throws Exception {
        Path directory = Files.createTempDirectory("lstm-streams-failover");
        Map<String, String> settings = new TreeMap<>(more);
        settings.put("num.standby.replicas", standbys);
        try (Cluster cluster = Cluster.start(
                        directory, NetworkShape.parse("28->2x64").model(), 2, settings, new Journal(out));
                FailoverTime failover = new FailoverTime(cluster, sequences)) {
            cluster.awaitRunning();
            failover.fill();
            for (int kill = 1; kill <= KILLS; kill++) {
                failover.measure(settings, out);
            }
        }
        StateDamage.delete(directory);
    }

    /** Sends the first event of each sequence, and then events of any of them. */
    private void fill() throws Exception {
        String results = cluster.topics().results();
        consumer.assign(consumer.partitionsFor(results).stream()
                .map(partition -> new TopicPartition(results, partition.partition()))
                .toList());
        for (int i = 0; i < sequences; i++) {
            send(i);
        }
        producer.flush();
        ProgressTimeout.await(
                "the first results",
                () -> consumer.endOffsets(consumer.assignment()).values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        >= sequences);
        Proxy.daemon("events", this::sendOn);
    }

    /** Kills the instance with most of the work, and starts it again when its partitions have moved. */
    private void measure(Map<String, String> settings, PrintStream out) throws Exception {
        Thread.sleep(SETTLE); // until the standby replicas have read the last commits
        Set<Integer> first = partitionsOf("instance-1");
        Set<Integer> second = partitionsOf("instance-2");
        boolean isFirst = first.size() >= second.size();
        Instance victim = cluster.instances().get(isFirst ? 0 : 1);
        Set<Integer> partitions = isFirst ? first : second;
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position);
        long killed = System.currentTimeMillis();
        victim.kill();
        Map<Integer, Double> seconds = awaitResults(partitions, killed);
        out.printf(
                Locale.ROOT,
                "%d sequences, %s: %d of %d partitions were the killed instance's; seconds until results came again: first %.1f, last %.1f%n",
                sequences,
                settings,
                partitions.size(),
                Cluster.PARTITIONS,
                Collections.min(seconds.values()),
                Collections.max(seconds.values()));
        victim.start();
        cluster.awaitRunning();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a missing result is noticed at the end
    private void send(int sequence) {
        producer.send(new ProducerRecord<>(
                cluster.topics().events(), Integer.toString(sequence).getBytes(UTF_8), EVENT));
    }

    private void sendOn() {
        Random random = new Random(1);
        try {
            while (!done) {
                for (int i = 0; i < EVENTS_A_SECOND / 100; i++) {
                    send(random.nextInt(sequences));
                }
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<Integer> partitionsOf(String clientId) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", cluster.broker().bootstrapServers()))) {
            return admin
                    .describeConsumerGroups(Set.of(cluster.group()))
                    .all()
                    .get()
                    .get(cluster.group())
                    .members()
                    .stream()
                    .filter(member -> member.clientId().startsWith(clientId))
                    .flatMap(member -> member.assignment().topicPartitions().stream())
                    .map(TopicPartition::partition)
                    .collect(Collectors.toSet());
        }
    }

    private Map<Integer, Double> awaitResults(Set<Integer> partitions, long killed) {
        Map<Integer, Double> seconds = new HashMap<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!seconds.keySet().containsAll(partitions)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no results of some partitions after " + TIMEOUT);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                if (partitions.contains(record.partition()) && record.timestamp() > killed) {
                    seconds.putIfAbsent(record.partition(), (System.currentTimeMillis() - killed) / 1000.0);
                }
            }
        }
        return seconds;
    }

    @Override
    public void close() {
        done = true;
        consumer.close();
        producer.close();
    }
}
