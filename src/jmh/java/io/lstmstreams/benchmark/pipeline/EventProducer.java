package io.lstmstreams.benchmark.pipeline;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends a load to a topic, as fast as possible or at a fixed rate. */
final class EventProducer {
    /** The header that holds the time at which a record was due, by {@link System#nanoTime}. */
    static final String SENT = "sent";

    /**
     * The producer's linger at a fixed rate: shorter than Kafka's default of 5 ms, but one request for each record
     * would keep the broker busy.
     */
    private static final int PACED_LINGER_MS = 1;

    private final Cluster cluster;
    private final String topic;
    private final Load load;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile boolean stopped;

    EventProducer(Cluster cluster, String topic, Load load) {
        this.cluster = cluster;
        this.topic = topic;
        this.load = load;
    }

    /** Sends this many events, and the ends between them. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    void sendAll(int events) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("linger.ms", 20, "batch.size", 1 << 17))) {
            for (int sent = 0; sent < events; ) {
                load.advance();
                byte[] value = load.value();
                producer.send(new ProducerRecord<>(topic, load.key(), value), (metadata, e) -> note(e));
                sent += value == null ? 0 : 1;
            }
        }
        check();
    }

    /**
     * Sends at a fixed rate until {@link #stop}. A record states the time at which it was due, not the time at which it
     * was sent, so a delay of the sender counts as latency.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    void sendAtRate(double perSecond) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("linger.ms", PACED_LINGER_MS))) {
            long start = System.nanoTime();
            for (long i = 0; !stopped; i++) {
                long due = start + (long) (i * 1e9 / perSecond);
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                load.advance();
                ProducerRecord<byte[], byte[]> event = new ProducerRecord<>(topic, load.key(), load.value());
                event.headers()
                        .add(SENT, ByteBuffer.allocate(Long.BYTES).putLong(due).array());
                producer.send(event, (metadata, e) -> note(e));
            }
        }
    }

    /** Stops {@link #sendAtRate}. */
    void stop() {
        stopped = true;
    }

    /** Throws the exception with which sending failed, if it failed. */
    void check() {
        if (failure.get() != null) {
            throw new IllegalStateException("the events could not be sent", failure.get());
        }
    }

    private void note(Exception e) {
        failure.compareAndSet(null, e);
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", cluster.bootstrapServers());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
