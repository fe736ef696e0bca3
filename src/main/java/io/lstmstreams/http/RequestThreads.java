package io.lstmstreams.http;

import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the JDK's HTTP server. A request occupies a thread from its first byte to the last byte of its
 * response, and waits for the client in blocking reads and writes. No client can hold a thread: a request that exceeds
 * its time limit is interrupted, which closes its connection. When few threads are free, the requests that have waited
 * longest for their clients are closed early.
 *
 * <p>A request is in one of two phases. First it {@linkplain #waitForClient waits for its client}. While it is
 * {@linkplain #respond being answered} it is not closed early; the number of requests in this phase must be bounded,
 * well below {@link #MAX_THREADS}. Safe for any number of threads.
 */
final class RequestThreads implements Executor, AutoCloseable {
    static final int MAX_THREADS = 200;

    /** The number of threads that stay free, so that a health check does not wait for an interruption. */
    private static final int SPARE_THREADS = 20;

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
    private static final Duration CHECK_EVERY = Duration.ofMillis(100);

    private final ThreadPoolExecutor pool = pool("http-", MAX_THREADS, Integer.MAX_VALUE);
    private final Set<Work> running = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<Work> current = new ThreadLocal<>();
    private final Duration toArrive;
    private final Thread watchdog = daemon(this::watch, "http-watchdog");

    private RequestThreads(Duration toArrive) {
        this.toArrive = toArrive;
    }

    /**
     * Starts the watchdog. Request threads start on demand.
     *
     * @param toArrive the time within which a request must arrive, except for its body
     */
    static RequestThreads start(Duration toArrive) {
        RequestThreads threads = new RequestThreads(toArrive);
        threads.watchdog.start();
        return threads;
    }

    /** Creates a pool of daemon threads. */
    static ThreadPoolExecutor pool(String name, int threads, int queue) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                KEEP_ALIVE.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(queue),
                work -> daemon(work, name + number.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable request) {
        pool.execute(new Work(request));
    }

    /** Starts a phase of at most {@code limit} in which this thread's request waits for its client. */
    void waitForClient(Duration limit) {
        Objects.requireNonNull(current.get()).enter(true, limit);
    }

    /** Starts a phase of at most {@code limit} in which this thread's request is not closed early. */
    void respond(Duration limit) {
        Objects.requireNonNull(current.get()).enter(false, limit);
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(CHECK_EVERY.toNanos());
                long now = System.nanoTime();
                running.stream().filter(work -> work.isOver(now)).forEach(Work::interrupt);
                int idle = MAX_THREADS - running.size(); // idle threads are about to take requests from the queue
                makeRoom(Math.max(0, pool.getQueue().size() + SPARE_THREADS - idle));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops
        }
    }

    private void makeRoom(int requests) {
        running.stream()
                .filter(work -> work.waitsForClient)
                .sorted(Comparator.comparingLong(work -> work.since))
                .limit(requests)
                .forEach(Work::interrupt);
    }

    @Override
    public void close() {
        watchdog.interrupt();
        pool.shutdownNow();
    }

    /** A request and the thread that it runs on. */
    private final class Work implements Runnable {
        private final Runnable request;
        private @Nullable Thread thread; // null while the request does not run; guarded by this
        private volatile boolean waitsForClient;
        private volatile long since;
        private volatile long deadline;

        Work(Runnable request) {
            this.request = request;
        }

        @Override
        public void run() {
            enter(true, toArrive);
            runOn(Thread.currentThread());
            current.set(this);
            running.add(this);
            try {
                request.run();
            } finally {
                running.remove(this);
                current.remove();
                runOn(null);
                Thread.interrupted(); // the interrupt must not reach the next request
            }
        }

        private synchronized void runOn(@Nullable Thread on) {
            thread = on;
        }

        void enter(boolean waits, Duration limit) {
            since = System.nanoTime();
            deadline = since + limit.toNanos();
            waitsForClient = waits;
        }

        boolean isOver(long now) {
            return now - deadline > 0;
        }

        /** Closes the connection that the thread reads from or writes to: an interrupted channel is closed. */
        synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
