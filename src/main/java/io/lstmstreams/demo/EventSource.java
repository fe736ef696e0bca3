package io.lstmstreams.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/**
 * A source of the demo's events for an application that runs elsewhere. It only sends them to the topic {@code
 * events} of a cluster. It ends with the events, after its duration, or by {@link #stop}.
 */
public final class EventSource {
    private final DemoOptions options;
    private final String bootstrapServers;
    private final PrintStream out;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile EventFeed feed; // null before the start
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
        try (InputFile file = options.input() == null ? null : new InputFile(options)) {
            out.printf("sending events to the topic %s at %s%n", Demo.EVENTS, bootstrapServers);
            feed = new EventFeed(
                    options.events(file),
                    bootstrapServers,
                    Demo.EVENTS,
                    options.rate(),
                    options.duration(),
                    session -> {},
                    () -> Long.MAX_VALUE / 2); // the application may lag behind
            if (!stopped) {
                feed.run();
            }
            if (feed.failure() != null) {
                throw feed.failure();
            }
            out.printf("%,d records sent%n", feed.sent());
        } finally {
            finished.countDown();
        }
    }

    /** Ends the source early and waits until the last event has been sent. */
    public void stop() {
        stopped = true;
        if (feed == null) {
            return;
        }
        feed.stop();
        try {
            finished.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
