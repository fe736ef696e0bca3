package io.lstmstreams.demo;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.HttpConfig;
import io.lstmstreams.config.InputConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.http.ApplicationServer;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.runtime.LstmApplication;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * The demo: a broker, an event source, the application and a live picture, all in this process. Application, topics and
 * records are the same as with a cluster. It ends with the last event or by {@link #stop}, and prints a summary.
 */
public final class Demo {
    private static final String APPLICATION = "lstm-streams-demo";
    static final String EVENTS = "events";
    private static final String RESULTS = "results";
    private static final String VERDICTS = "verdicts";
    private static final String DEAD_LETTERS = "dead-letters";
    private static final int PARTITIONS = 4;
    private static final Duration PICTURE_INTERVAL = Duration.ofMillis(250);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SUMMARY_TIMEOUT = Duration.ofMillis(1_000);
    private static final int DELETIONS = 20;
    private static final int DELETION_PAUSE_MS = 20;
    private static final Duration LAST_VERDICTS = Duration.ofSeconds(15);

    private final DemoOptions options;
    private final PrintStream out;
    private final @Nullable Supplier<ScreenSize> screen; // null without a terminal
    private final EventNames names;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch summarised = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private @Nullable ScreenSize drawnOn; // the terminal of the last picture; null without a picture
    private volatile @Nullable Path folder; // null before the start
    private volatile boolean counting; // true once there is something to summarise

    /**
     * Creates a demo.
     *
     * @param screen the current size of the terminal; null if the output is not a terminal that supports escape
     *     sequences
     */
    public Demo(DemoOptions options, PrintStream out, @Nullable Supplier<ScreenSize> screen) {
        this.options = options;
        this.out = out;
        this.screen = screen;
        this.names = options.model() == null ? EventNames.ofBundledModel() : EventNames.none();
    }

    /**
     * Runs the demo to its end.
     *
     * @throws IllegalStateException if no event was processed; the message is one line with the reason
     */
    public void run() throws IOException, InterruptedException {
        out.println("starting a Kafka broker, a source of events and the application in this process");
        Path data = Files.createTempDirectory("lstm-streams-demo");
        folder = data;
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, data.resolve("broker"))) {
            if (isStopped()) {
                return;
            }
            createTopics(broker.bootstrapServers());
            LstmStreamsConfig config = config(broker.bootstrapServers(), data);
            try (ApplicationServer server = ApplicationServer.start(config);
                    LstmApplication application = LstmApplication.start(config)) {
                server.describeEvents(names.words());
                server.serve(application);
                out.printf(
                        "broker %s   topics %s -> %s, %s%nmodel %s: %s; layers: %s%n",
                        broker.bootstrapServers(),
                        EVENTS,
                        RESULTS,
                        VERDICTS,
                        application.model().network().name(),
                        events(application.model().vocabulary()),
                        application.model().network().layers().stream()
                                .map(Layer::specName)
                                .collect(Collectors.joining(", ")));
                out.printf("dashboard %s/   (until the demo ends; --seconds 600 for longer)%n", server.address());
                awaitRunning(application);
                if (!isStopped()) {
                    run(broker.bootstrapServers(), application);
                }
            }
        } finally {
            delete(data);
            finished.countDown();
            summarised.countDown();
        }
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void awaitRunning(LstmApplication application) throws InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!application.isRunning() && !application.hasStopped() && System.nanoTime() < deadline) {
            if (stopped.await(PICTURE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        application.awaitRunning(Duration.ZERO); // throws the reason if it is not running
    }

    private void run(String bootstrapServers, LstmApplication application) throws IOException, InterruptedException {
        counting = true;
        Tally tally = new Tally();
        ResultWatcher results = new ResultWatcher(bootstrapServers, RESULTS, VERDICTS, DEAD_LETTERS, tally);
        try (InputFile file = options.open();
                Backlog backlog = new Backlog(bootstrapServers, APPLICATION)) {
            EventFeed feed = new EventFeed(
                    options.events(file),
                    bootstrapServers,
                    EVENTS,
                    options.rate(),
                    options.duration(),
                    tally::sent,
                    backlog::committed);
            Thread feeding = start("feed", feed);
            Thread watching = start("watch", results);
            watch(feed, results, tally, application);
            feed.stop();
            if (isStopped()) { // in a hurry: what is under way is not waited for
                summary(results, tally);
                summarised.countDown();
                return;
            }
            feeding.join();
            if (application.hasStopped()) {
                application.awaitStop(); // throws the reason
            }
            fail(feed.failure());
            awaitLastResults(feed.sent(), backlog, results, tally);
            results.stop();
            watching.join();
            fail(results.failure());
            if (results.events() == 0) {
                throw new IllegalStateException(
                        results.refused() == 0 ? "no event was processed" : DemoSummary.refusals(results));
            }
            summary(results, tally);
        }
    }

    private void summary(ResultWatcher results, Tally tally) {
        new DemoSummary(names).print(out, results, tally, drawnOn);
    }

    private static String events(Vocabulary vocabulary) {
        if (!vocabulary.hasSymbols()) {
            return "events without names";
        }
        return vocabulary.hasEnd()
                ? Readable.count(vocabulary.size() - 1, "event") + ", and the end of a sequence"
                : Readable.count(vocabulary.size(), "event");
    }

    private void watch(EventFeed feed, ResultWatcher results, Tally tally, LstmApplication application)
            throws InterruptedException {
        Picture picture = new Picture(out, names);
        long end = System.nanoTime() + options.duration().toNanos();
        boolean last = false;
        while (!last) {
            last = feed.isDone()
                    || results.failure() != null
                    || application.hasStopped()
                    || stopped.await(PICTURE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            if (screen != null && !isStopped()) {
                long left = TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime());
                draw(picture, screen, results, tally, Math.max(0, left));
            }
        }
    }

    private void draw(
            Picture picture, Supplier<ScreenSize> size, ResultWatcher results, Tally tally, long secondsLeft) {
        ScreenSize current = size.get();
        drawnOn = current;
        synchronized (out) {
            if (!isStopped()) { // then the cursor is below what stop() has printed
                boolean endless = options.duration().equals(DemoOptions.ENDLESS);
                picture.draw(
                        current,
                        new Picture.Numbers(
                                results.events(), results.liveSequences(), tally.verdicts(), tally.anomalous()),
                        results.latest(),
                        endless ? -1 : secondsLeft);
            }
        }
    }

    /** Waits for the results of all sent events, which appear with the next commits. */
    private void awaitLastResults(long sent, Backlog backlog, ResultWatcher results, Tally tally)
            throws InterruptedException {
        long deadline = System.nanoTime() + LAST_VERDICTS.toNanos();
        long before = -1;
        while (System.nanoTime() < deadline
                && (backlog.committed() < sent
                        || tally.awaited() > 0
                        || results.events() + results.refused() != before)) {
            before = results.events() + results.refused();
            if (stopped.await(500, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** Throws a failure; returns if it is null. */
    static void fail(@Nullable RuntimeException failure) {
        if (failure != null) {
            throw failure;
        }
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private LstmStreamsConfig config(String bootstrapServers, Path data) {
        Map<String, String> config = new HashMap<>();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        config.put(StreamsConfig.STATE_DIR_CONFIG, data.resolve("state").toString());
        config.put(ModelConfig.MODEL_CONFIG, options.model() == null ? bundledModel() : options.model());
        config.put(InputConfig.TOPIC_CONFIG, EVENTS);
        config.put(OutputConfig.TOPIC_CONFIG, RESULTS);
        config.put(OutputConfig.TOP_K_CONFIG, "1");
        config.put(HttpConfig.PORT_CONFIG, Integer.toString(options.httpPort()));
        config.put(OutputConfig.VERDICT_TOPIC_CONFIG, VERDICTS);
        // The first batch to a new topic may fail and be sent again. The broker would log an error for each batch in
        // flight behind it.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), "1");
        config.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, DEAD_LETTERS);
        return LstmStreamsConfig.of(config, Map.of());
    }

    private static String bundledModel() {
        return Objects.requireNonNull(Demo.class.getResource("hdfs.safetensors"))
                .toString();
    }

    private static void createTopics(String bootstrapServers) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.createTopics(Stream.of(EVENTS, RESULTS, VERDICTS, DEAD_LETTERS)
                            .map(topic -> new NewTopic(topic, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the demo's topics cannot be created: " + e.getCause(), e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Ends the demo early, for example on Ctrl-C: says so, waits a moment for the summary, and deletes the demo's folder.
     * The caller must end the process at once, because broker and application still run.
     */
    public void stop() {
        if (finished.getCount() == 0) {
            return;
        }
        synchronized (out) {
            out.println((screen == null ? "" : System.lineSeparator()) + "stopping");
            stopped.countDown();
        }
        try {
            if (counting) {
                summarised.await(SUMMARY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (folder != null) {
                deleteInUse(folder);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes a folder to which the broker and the application still write. */
    private static void deleteInUse(Path folder) throws InterruptedException {
        for (int attempt = 0; attempt < DELETIONS && Files.exists(folder); attempt++) {
            try {
                delete(folder);
            } catch (IOException | UncheckedIOException e) { // a file has appeared, or has gone, meanwhile
                Thread.sleep(DELETION_PAUSE_MS);
            }
        }
    }
}
