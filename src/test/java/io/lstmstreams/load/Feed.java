package io.lstmstreams.load;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends a load at a steady rate, each record exactly once and in order: the producer is idempotent and waits for a dead
 * broker as long as necessary. One thread runs it; any number of threads may request more records.
 */
public final class Feed implements Runnable, AutoCloseable {
    private static final long PAUSE_MS = 20;
    private static final String TIMEOUT_MS = Integer.toString(15 * 60_000);

    private final Load load;
    private final double perSecond;
    private final LongSupplier clock;
    private final LongFunction<List<ProducerRecord<byte[], byte[]>>> last;
    private final KafkaProducer<byte[], byte[]> producer;
    private final BlockingQueue<BiFunction<Load, Long, List<ProducerRecord<byte[], byte[]>>>> requests =
            new LinkedBlockingQueue<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile Exception failure;
    private volatile long clockOffset;
    private volatile boolean paused;
    private volatile boolean finishing;

    /**
     * Creates a feed whose timestamps are the time of sending.
     *
     * @param perSecond the number of records a second
     */
    public Feed(Load load, String bootstrapServers, double perSecond) {
        this(load, bootstrapServers, perSecond, System::currentTimeMillis, load::ends);
    }

    /**
     * Creates a feed.
     *
     * @param perSecond the number of records a second
     * @param clock the source of the timestamps, called once for each step of the load
     * @param last creates the last records, when the feed finishes
     */
    public Feed(
            Load load,
            String bootstrapServers,
            double perSecond,
            LongSupplier clock,
            LongFunction<List<ProducerRecord<byte[], byte[]>>> last) {
        this.load = load;
        this.perSecond = perSecond;
        this.clock = clock;
        this.last = last;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "acks", "all",
                        "enable.idempotence", "true",
                        "linger.ms", "5",
                        "request.timeout.ms", "5000",
                        "delivery.timeout.ms", TIMEOUT_MS,
                        "max.block.ms", TIMEOUT_MS),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void run() {
        try {
            long began = System.nanoTime();
            for (long due = 1; !finishing; due++) {
                long waits = System.nanoTime();
                while (paused && !finishing) {
                    Thread.sleep(PAUSE_MS);
                }
                began += System.nanoTime() - waits;
                send(load.next(now()));
                answerRequests();
                long early = began + (long) (due * 1e9 / perSecond) - System.nanoTime();
                if (early > 0) {
                    Thread.sleep(early / 1_000_000);
                }
            }
            answerRequests();
            send(last.apply(now()));
            producer.flush();
        } catch (Exception e) {
            failure = e;
        }
    }

    private void answerRequests() {
        for (var request = requests.poll(); request != null; request = requests.poll()) {
            send(request.apply(load, now()));
        }
    }

    private long now() {
        return clock.getAsLong() + clockOffset;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    private void send(List<ProducerRecord<byte[], byte[]>> records) {
        for (ProducerRecord<byte[], byte[]> record : records) {
            sent.incrementAndGet();
            producer.send(record, (metadata, exception) -> {
                if (exception == null) {
                    acknowledged.incrementAndGet();
                } else {
                    failure = exception;
                }
            });
        }
    }

    /** Requests additional records, computed from the load and the time. */
    public void request(BiFunction<Load, Long, List<ProducerRecord<byte[], byte[]>>> records) {
        requests.add(records);
    }

    /** Sets the error of the timestamps' clock, in milliseconds. */
    public void clockOffset(long millis) {
        clockOffset = millis;
    }

    /** Pauses or resumes sending, at the same rate as before. */
    public void pause(boolean pause) {
        paused = pause;
    }

    /** Ends all sequences, and then the feed. */
    public void finish() {
        finishing = true;
    }

    public long sent() {
        return sent.get();
    }

    /**
     * Checks that everything was sent.
     *
     * @throws IllegalStateException if a part of the load was not sent
     */
    public void check() {
        if (failure != null || sent.get() != acknowledged.get()) {
            throw new IllegalStateException(
                    "of " + sent + " records " + acknowledged + " were acknowledged: the load is not known", failure);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
