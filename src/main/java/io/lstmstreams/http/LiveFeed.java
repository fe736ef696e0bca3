package io.lstmstreams.http;

import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.trace.StepTrace;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A feed of four samples per second, each computed once for all open dashboards. A slow client receives only the
 * latest sample. Safe for any number of threads.
 */
final class LiveFeed implements AutoCloseable {
    static final long INTERVAL_MS = 250;
    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
    private static final int TICKS_PER_POINT = 4;

    private final Supplier<LstmApplication> application;
    private final DashboardSetup setup;
    private final Samples samples = new Samples();
    private final CounterHistory history = new CounterHistory();
    private final AtomicInteger listeners = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "dashboard");
    private String latest = ""; // guarded by this; empty before the first sample
    private long number; // of the latest sample; guarded by this

    /** @param application gives null while the application starts */
    LiveFeed(LstmStreamsConfig config, Supplier<LstmApplication> application) {
        this.application = application;
        this.setup = new DashboardSetup(config);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void describeEvents(Map<String, String> words) {
        setup.describeEvents(words);
    }

    private void run() {
        try {
            for (long tick = 0; ; tick++) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
                LstmApplication running = application.get();
                if (running != null) {
                    tick(running, tick % TICKS_PER_POINT == 0);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops
        }
    }

    private void tick(LstmApplication running, boolean isPoint) {
        try {
            if (isPoint) {
                history.add(System.currentTimeMillis(), running.metrics());
            }
            StepTrace trace = running.trace();
            if (listeners.get() > 0) {
                trace.watch();
                publish(samples.next(running));
            } else {
                trace.unwatchIfUnused();
            }
        } catch (RuntimeException e) {
            LOG.debug("failed to compute a sample for the dashboard", e);
        }
    }

    private synchronized void publish(String sample) {
        latest = sample;
        number++;
        notifyAll();
    }

    private synchronized long count() {
        return number;
    }

    /** Sends the setup once and then the samples, until the client disconnects. */
    void sendTo(EventStream events) throws IOException, InterruptedException {
        listeners.incrementAndGet();
        try {
            while (application.get() == null) {
                events.heartbeat();
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            }
            events.send("hello", setup.of(application.get(), history));
            long last = count();
            while (true) {
                String sample;
                synchronized (this) {
                    while (number == last) {
                        wait();
                    }
                    last = number;
                    sample = latest;
                }
                events.send("sample", sample);
            }
        } finally {
            listeners.decrementAndGet();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
