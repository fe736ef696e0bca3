package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.waiting.ProgressTimeout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.internals.RocksDBStore;
import org.apache.kafka.streams.state.internals.WrappedStateStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Reads of a RocksDB store of Kafka's beside its stream thread. Kafka's own range query takes the lock of the store's
 * position and then that of the store; a put takes them in the other order (KAFKA-19629).
 */
class ReadsBesideWritesTest {
    private static final byte[] START = {};
    private static final int ASKING = 4;

    private final DrivenTopology topology = new DrivenTopology(
            Models.only(ModelVersion.of(null, TinyModels.events(), Kernels.named("scalar"))), null, Map.of());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private boolean stuck;

    @AfterEach
    void close() {
        threads.shutdownNow();
        if (!stuck) { // otherwise closing would wait too
            topology.close();
        }
    }

    private static long inTime() {
        return System.nanoTime() + ProgressTimeout.LIMIT.toNanos();
    }

    /** Waits for a task, and fails if threads wait for each other or the time is over. */
    private <T> T await(Future<T> running) throws Exception {
        long deadline = inTime();
        while (true) {
            try {
                return running.get(20, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long[] waiting = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
                stuck = waiting != null || System.nanoTime() - deadline > 0;
                assertThat(stuck)
                        .as("stuck; threads that wait for each other: %s", Arrays.toString(waiting))
                        .isFalse();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
    }

    private RocksDBStore rocksDb() {
        StateStore store = topology.store();
        while (store instanceof WrappedStateStore<?, ?, ?> wrapper) {
            store = wrapper.wrapped();
        }
        return (RocksDBStore) store;
    }

    @Test
    void shouldHoldNoLockThatAPutNeeds() throws Exception {
        topology.send("a", DrivenTopology.event("open"));
        RocksDBStore store = rocksDb();
        CountDownLatch inPut = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(2);

        Future<?> put = threads.submit(() -> {
            synchronized (store) { // as a put does
                inPut.countDown();
                asked.await();
                TimeUnit.MILLISECONDS.sleep(200); // until the other thread waits for the lock
                synchronized (store.getPosition()) {
                    return null;
                }
            }
        });
        inPut.await();
        Future<StateRange> listed = threads.submit(() -> {
            asked.countDown();
            return topology.reads().range(0, START, 10).orElseThrow().await(inTime());
        });
        Future<?> found = threads.submit(() -> {
            asked.countDown();
            return topology.reads().get(0, START).orElseThrow().await(inTime());
        });

        await(put);
        while (!listed.isDone() || !found.isDone()) { // each request is answered in turn
            topology.passTime(Duration.ofMillis(PartitionReads.TICK_MS));
        }
        assertThat(await(listed).states()).hasSize(1);
        await(found);
    }

    @Test
    void shouldListBesidePutsAndFlushes() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong answers = new AtomicLong();
        List<Future<?>> asking = new ArrayList<>();
        for (int i = 0; i < ASKING; i++) {
            asking.add(threads.submit(() -> {
                while (!over.get()) {
                    topology.reads().range(0, START, 100).orElseThrow().await(inTime());
                    answers.incrementAndGet();
                }
                return null;
            }));
        }

        await(threads.submit(
                () -> { // the test driver flushes after each record
                    for (int i = 0; answers.get() < 200; i++) {
                        topology.send("sequence " + i % 300, DrivenTopology.event("open"));
                    }
                }));
        over.set(true);
        for (Future<?> one : asking) {
            while (!one.isDone()) {
                topology.passTime(Duration.ofMillis(PartitionReads.TICK_WHEN_READ_MS));
            }
            await(one);
        }
    }
}
