package io.lstmstreams.demo;

import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.runtime.Brokers;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A source of the demo's events for an application that runs elsewhere. It only sends them to the topic {@code
 * events} of a cluster. It ends with the events, after its duration, or by {@link #stop}.
 */
public final class EventSource {
    private final DemoOptions options;
    private final String bootstrapServers;
    private final PrintStream out;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile @Nullable EventFeed feed; // null before the start
    private volatile boolean stopped;

    /** Creates a source. */
    public EventSource(DemoOptions options, String bootstrapServers, PrintStream out) {
        this.options = options;
        this.bootstrapServers = bootstrapServers;
        this.out = out;
    }

    /**
     * Sends the events.
     *
     * @throws IllegalStateException if an event could not be sent
     */
    public void run() throws IOException {
        try (InputFile file = options.open()) {
            Brokers.await(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
            out.printf("sending events to the topic %s at %s%n", Demo.EVENTS, bootstrapServers);
            EventFeed started = new EventFeed(
                    options.events(file),
                    bootstrapServers,
                    Demo.EVENTS,
                    options.rate(),
                    options.duration(),
                    session -> {},
                    () -> Long.MAX_VALUE / 2); // the application may lag behind
            feed = started;
            if (!stopped) {
                started.run();
            }
            Demo.fail(started.failure());
            out.println(Readable.count(started.sent(), "record") + " sent");
        } finally {
            finished.countDown();
        }
    }

    /** Ends the source early and waits until the last event has been sent. */
    public void stop() {
        stopped = true;
        EventFeed started = feed;
        if (started == null) {
            return;
        }
        started.stop();
        try {
            finished.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
