package io.lstmstreams.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A task that sends events to the input topic at a steady rate. It waits while the application lags behind, so that
 * the demo ends soon after the last event.
 */
final class EventFeed implements Runnable {
    private static final long IN_FLIGHT = 20_000; // twice the records of a commit at full speed
    private static final long RETRY_NANOS = 10_000_000;

    private final Iterator<DemoEvent> events;
    private final String topic;
    private final int rate;
    private final long end; // by System.nanoTime
    private final Consumer<BlockSession> ended;
    private final LongSupplier committed;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean stopped;
    private volatile @Nullable RuntimeException failure;

    /**
     * Creates a feed.
     *
     * @param ended the receiver of each session whose end is sent, if the session's fault is known
     * @param committed the number of events that the application has processed and committed
     */
    EventFeed(
            Iterator<DemoEvent> events,
            String bootstrapServers,
            String topic,
            int rate,
            Duration duration,
            Consumer<BlockSession> ended,
            LongSupplier committed) {
        this.events = events;
        this.topic = topic;
        this.rate = rate;
        this.end = System.nanoTime() + duration.toNanos();
        this.ended = ended;
        this.committed = committed;
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        long done = 0;
        try (producer) {
            while (isActive() && events.hasNext()) {
                if (sent.get() - done < IN_FLIGHT) {
                    send(events.next());
                    awaitTurn(start);
                } else {
                    done = committed.getAsLong();
                    if (sent.get() - done >= IN_FLIGHT) {
                        LockSupport.parkNanos(RETRY_NANOS);
                    }
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            stopped = true;
        }
    }

    private boolean isActive() {
        return !stopped && System.nanoTime() < end;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    private void send(DemoEvent event) {
        if (event.session() != null) {
            ended.accept(event.session());
        }
        producer.send(
                new ProducerRecord<>(topic, event.sequence().getBytes(StandardCharsets.UTF_8), event.value()),
                (metadata, exception) -> {
                    if (exception != null) {
                        failure = new IllegalStateException(
                                "an event could not be sent: " + exception.getMessage(), exception);
                        stopped = true;
                    }
                });
        sent.incrementAndGet();
    }

    private void awaitTurn(long start) {
        if (rate == 0) {
            return;
        }
        long due = start + sent.get() * 1_000_000_000L / rate;
        for (long wait = due - System.nanoTime(); wait > 0 && !stopped; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    void stop() {
        stopped = true;
    }

    boolean isDone() {
        return stopped;
    }

    long sent() {
        return sent.get();
    }

    /** Returns the reason of an early end; null if there is none. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }
}
