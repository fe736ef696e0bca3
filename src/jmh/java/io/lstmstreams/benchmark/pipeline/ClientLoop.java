package io.lstmstreams.benchmark.pipeline;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The work of Kafka's clients without Kafka Streams: one thread reads events, sends a result for each, and commits as
 * often as Kafka Streams does under exactly-once.
 */
final class ClientLoop implements Runnable, AutoCloseable {
    private static final long COMMIT_INTERVAL = 100_000_000;

    private final Cluster cluster;
    private final String name;
    private final String input;
    private final String output;
    private final boolean exactlyOnce;
    private final byte[] result;
    private final Thread thread;
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    private volatile boolean stopped;

    private ClientLoop(Cluster cluster, String name, String input, String output, String guarantee, int resultBytes) {
        this.cluster = cluster;
        this.name = name;
        this.input = input;
        this.output = output;
        this.exactlyOnce = guarantee.equals(StreamsConfig.EXACTLY_ONCE_V2);
        this.result = new byte[resultBytes];
        this.thread = new Thread(this, name + "-" + StreamCpu.STREAM_THREAD);
    }

    static ClientLoop start(
            Cluster cluster, String name, String input, String output, String guarantee, int resultBytes) {
        ClientLoop loop = new ClientLoop(cluster, name, input, output, guarantee, resultBytes);
        loop.thread.start();
        return loop;
    }

    @Override
    public void run() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer();
                KafkaProducer<byte[], byte[]> producer = producer()) {
            consumer.subscribe(List.of(input));
            if (exactlyOnce) {
                producer.initTransactions();
            }
            boolean open = false;
            long committed = System.nanoTime();
            while (!stopped) {
                ConsumerRecords<byte[], byte[]> events = consumer.poll(Duration.ofMillis(20));
                if (exactlyOnce && !open && !events.isEmpty()) {
                    producer.beginTransaction();
                    open = true;
                }
                send(events, producer);
                if (System.nanoTime() - committed > COMMIT_INTERVAL) {
                    commit(consumer, producer, open);
                    open = false;
                    committed = System.nanoTime();
                }
            }
            if (open) {
                producer.abortTransaction();
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a missing result is noticed at the end of the topic
    private void send(ConsumerRecords<byte[], byte[]> events, KafkaProducer<byte[], byte[]> producer) {
        for (ConsumerRecord<byte[], byte[]> event : events) {
            if (event.value() != null) {
                producer.send(new ProducerRecord<>(
                        output, event.partition(), event.timestamp(), event.key(), result, event.headers()));
            }
        }
        offsets.putAll(events.nextOffsets());
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer, boolean open) {
        if (open) {
            producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
            producer.commitTransaction();
        } else if (!exactlyOnce) {
            producer.flush();
            consumer.commitSync(offsets);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "group.id",
                        name,
                        "client.id",
                        name + "-consumer",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        1000), // Kafka Streams' default
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", cluster.bootstrapServers());
        settings.put("client.id", name + "-producer");
        settings.put("linger.ms", 100); // Kafka Streams' default
        if (exactlyOnce) {
            settings.put("transactional.id", name);
        }
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
