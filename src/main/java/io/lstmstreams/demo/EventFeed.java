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

/**
 * Sends events to the input topic at a steady rate, in a thread of its own. It waits where the application lags behind, so
 * that little is left to be done when the time is over.
 */
final class EventFeed implements Runnable {
    private static final long IN_FLIGHT = 20_000; // twice what a commit holds at full speed
    private static final long ASK_AGAIN_NANOS = 10_000_000;

    private final Iterator<DemoEvent> events;
    private final String topic;
    private final int rate;
    private final long end; // by System.nanoTime
    private final Consumer<BlockSession> ended;
    private final LongSupplier committed;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean stopped;
    private volatile RuntimeException failure;

    /**
     * Prepares a feed.
     *
     * @param ended is told of each session whose end is sent, if it is known what was done to it
     * @param committed how many of the events the application has read and committed
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
            while (goesOn() && events.hasNext()) {
                if (sent.get() - done < IN_FLIGHT) {
                    send(events.next());
                    awaitTurn(start);
                } else {
                    done = committed.getAsLong();
                    if (sent.get() - done >= IN_FLIGHT) {
                        LockSupport.parkNanos(ASK_AGAIN_NANOS);
                    }
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            stopped = true;
        }
    }

    private boolean goesOn() {
        return !stopped && System.nanoTime() < end;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback looks at the outcome
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

    /** Why it stopped early; null if it did not. */
    RuntimeException failure() {
        return failure;
    }
}
