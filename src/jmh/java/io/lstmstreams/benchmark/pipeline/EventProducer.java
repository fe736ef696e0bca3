package io.lstmstreams.benchmark.pipeline;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends a load into a topic, as fast as it can or at a fixed rate. */
final class EventProducer {
    /** The header that holds when a record was due, by {@link System#nanoTime}. */
    static final String SENT = "sent";

    /** At a fixed rate a request for every record would keep the broker busy: less than the 5 ms of Kafka's producer. */
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

    /** Sends so many events, and the ends between them. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback looks at the outcome
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
     * Sends at a fixed rate until it is stopped. A record says when it was due, not when it was sent: time that passes
     * because the sender is held up counts as latency.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback looks at the outcome
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

    /** Ends {@link #sendAtRate}. */
    void stop() {
        stopped = true;
    }

    /** Throws what went wrong, if anything did. */
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
