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
 * Sends a load at a steady rate, each record exactly once and in order: the producer is idempotent and waits for a dead broker
 * as long as it takes. One thread runs it, any number may ask it for more.
 */
public final class Feed implements Runnable, AutoCloseable {
    private static final long PAUSE_MS = 20;
    private static final String PATIENCE_MS = Integer.toString(15 * 60_000);

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
     * @param perSecond records
     */
    public Feed(Load load, String bootstrapServers, double perSecond) {
        this(load, bootstrapServers, perSecond, System::currentTimeMillis, load::ends);
    }

    /**
     * Creates a feed.
     *
     * @param perSecond records
     * @param clock of the timestamps, asked once for each step of the load
     * @param last the last records, made when the feed finishes
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
                        "delivery.timeout.ms", PATIENCE_MS,
                        "max.block.ms", PATIENCE_MS),
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

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
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

    /** Asks for records out of turn, made of the load and the time. */
    public void request(BiFunction<Load, Long, List<ProducerRecord<byte[], byte[]>>> records) {
        requests.add(records);
    }

    /** Its clock is wrong by so many milliseconds from now on. */
    public void clockOffset(long millis) {
        clockOffset = millis;
    }

    /** Stops sending for a while, or goes on at the same rate as before. */
    public void pause(boolean pause) {
        paused = pause;
    }

    /** Ends all sequences, and then itself. */
    public void finish() {
        finishing = true;
    }

    public long sent() {
        return sent.get();
    }

    /**
     * Says that all was sent.
     *
     * @throws IllegalStateException if some of the load was not
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
