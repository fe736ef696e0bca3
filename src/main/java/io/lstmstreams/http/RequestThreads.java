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

/**
 * The threads of the JDK's HTTP server, which holds one from the first byte of a request to the last byte of its answer and waits for
 * the client in blocking reads and writes. No client can keep a thread: a request whose time is over is interrupted, which closes its
 * connection, and when few threads are left, those that have waited longest for their clients are closed early.
 *
 * <p>A request is in one of two phases. It begins as one that {@linkplain #waitForClient waits for its client}; a request that is
 * {@linkplain #answer being answered} is not closed early. The number of the latter must be bounded, well below {@link #MOST}. Safe
 * for any number of threads.
 */
final class RequestThreads implements Executor, AutoCloseable {
    static final int MOST = 200;

    /** The threads that are kept free, so that a request of health waits for nobody to be interrupted. */
    private static final int SPARE = 20;

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
    private static final Duration CHECK_EVERY = Duration.ofMillis(100);

    private final ThreadPoolExecutor pool = pool("http-", MOST, Integer.MAX_VALUE);
    private final Set<Work> running = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<Work> current = new ThreadLocal<>();
    private final Duration toArrive;
    private final Thread watchdog = daemon(this::watch, "http-watchdog");

    private RequestThreads(Duration toArrive) {
        this.toArrive = toArrive;
    }

    /**
     * Starts without a thread but the one that watches over the others.
     *
     * @param toArrive the time within which a request must be complete, but for its body
     */
    static RequestThreads start(Duration toArrive) {
        RequestThreads threads = new RequestThreads(toArrive);
        threads.watchdog.start();
        return threads;
    }

    /** Makes a pool of daemon threads. */
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

    /** Begins a wait of this thread's request for its client, which may take up to {@code limit}. */
    void waitForClient(Duration limit) {
        Objects.requireNonNull(current.get()).enter(true, limit);
    }

    /** Begins a time of up to {@code limit} in which this thread's request is not closed early. */
    void answer(Duration limit) {
        Objects.requireNonNull(current.get()).enter(false, limit);
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(CHECK_EVERY.toNanos());
                long now = System.nanoTime();
                running.stream().filter(work -> work.isOver(now)).forEach(Work::interrupt);
                int idle = MOST - running.size(); // those are about to take requests out of the queue
                makeRoom(Math.max(0, pool.getQueue().size() + SPARE - idle));
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

    /** One request on its thread. */
    private final class Work implements Runnable {
        private final Runnable request;
        private Thread thread; // null while it does not run; guarded by this
        private volatile boolean waitsForClient;
        private volatile long since;
        private volatile long deadline;

        Work(Runnable request) {
            this.request = request;
        }

        @Override
        public void run() {
            enter(true, toArrive);
            begin(Thread.currentThread());
            current.set(this);
            running.add(this);
            try {
                request.run();
            } finally {
                running.remove(this);
                current.remove();
                begin(null);
                Thread.interrupted(); // the next request is not to be interrupted on account of this one
            }
        }

        private synchronized void begin(Thread on) {
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

        /** Closes the connection that the thread reads from or writes to: a channel that is interrupted is closed. */
        synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
