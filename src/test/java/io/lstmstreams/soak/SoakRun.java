package io.lstmstreams.soak;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.load.Feed;
import io.lstmstreams.load.Journal;
import io.lstmstreams.load.Leftovers;
import io.lstmstreams.load.Load;
import io.lstmstreams.load.Ports;
import io.lstmstreams.load.Results;
import io.lstmstreams.load.Tally;
import io.lstmstreams.load.Topics;
import io.lstmstreams.soak.SoakSettings.Part;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One run of the soak: broker, application, load, clients and models, and the comparison. */
final class SoakRun {
    private static final String APPLICATION = "soak";
    private static final int PARTITIONS = 64;
    private static final int OUTPUT_PARTITIONS = 8;
    private static final int LEFT = 100; // one sequence is left without an end after this many records on average
    private static final Duration INTERVAL = Duration.ofSeconds(10); // the interval of the figures
    private static final Duration LOOK = Duration.ofSeconds(1); // the interval in which the lag is read
    private static final Duration PUBLISH = Duration.ofSeconds(30);
    private static final Duration QUIET = Duration.ofMinutes(3);

    private final SoakSettings settings;
    private final Path directory;
    private final Journal journal;
    private final Topics topics = Topics.of(APPLICATION);
    private final Kernel kernel = Kernels.auto();
    private final Samples samples;
    private final List<String> problems = new ArrayList<>();
    private boolean isStuck;

    private SoakRun(SoakSettings settings, Path directory, PrintStream out) {
        this.settings = settings;
        this.directory = directory;
        this.journal = new Journal(out);
        this.samples = new Samples(settings.perSecond());
    }

    /**
     * Runs a soak and prints the figures; the caller prints the report.
     *
     * @param directory an empty directory for all files
     */
    static SoakReport run(SoakSettings settings, Path directory, PrintStream out) throws Exception {
        return new SoakRun(settings, directory, out).run();
    }

    private SoakReport run() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, directory.resolve("broker"))) {
            topics.create(broker.bootstrapServers(), PARTITIONS, OUTPUT_PARTITIONS);
            int port = Ports.free();
            Map<String, String> properties = properties(broker.bootstrapServers(), port);
            PublishedModels models = new PublishedModels(settings.seed(), directory, properties, kernel);
            models.publishNext();
            Path logs = Files.createDirectories(directory.resolve("application"));
            try (ApplicationProcess application = ApplicationProcess.start(logs, properties)) {
                awaitRunning(application);
                application.watch();
                return run(broker, application, models, port);
            }
        }
    }

    private Map<String, String> properties(String bootstrapServers, int port) {
        Map<String, String> properties = new TreeMap<>(Map.ofEntries(
                Map.entry("application.id", APPLICATION),
                Map.entry("bootstrap.servers", bootstrapServers),
                Map.entry("state.dir", directory.resolve("states").toString()),
                Map.entry("num.stream.threads", "2"),
                Map.entry("lstm.model.topic", "models"),
                Map.entry("lstm.model.change", "finish-old"),
                Map.entry("lstm.kernel", kernel.name()), // the kernel of replay: kernels differ in the last bit
                Map.entry("lstm.input.topic", topics.events()),
                Map.entry("lstm.output.topic", topics.results()),
                Map.entry("lstm.verdict.topic", topics.verdicts()),
                Map.entry("lstm.sequence.repeated", "header:" + Load.ID),
                Map.entry("lstm.http.port", Integer.toString(port)),
                Map.entry("lstm.store.memory.bytes", "16777216"))); // soon full, and then constant
        if (settings.has(Part.IDLE)) {
            properties.put("lstm.sequence.idle.timeout.ms", Long.toString(EventTime.IDLE_TIMEOUT.toMillis()));
        }
        properties.putAll(settings.more());
        return properties;
    }

    private void awaitRunning(ApplicationProcess application) throws InterruptedException {
        while (!application.hasRun()) {
            check(application);
            Thread.sleep(100);
        }
        journal.say("the application runs");
    }

    private static void check(ApplicationProcess application) {
        if (!application.isAlive()) {
            throw new IllegalStateException("the application ended by itself: " + application.err());
        }
    }

    private SoakReport run(EmbeddedBroker broker, ApplicationProcess application, PublishedModels models, int port)
            throws Exception {
        Load load = new Load(settings.seed(), topics.events(), settings.has(Part.IDLE) ? LEFT : 0);
        EventTime time = new EventTime(settings.time(), settings.perSecond());
        String summary;
        try (Lag lag = new Lag(broker.bootstrapServers(), APPLICATION, topics.events(), PARTITIONS);
                Feed feed =
                        new Feed(load, broker.bootstrapServers(), settings.perSecond(), time, at -> last(load, at))) {
            Thread sender = new Thread(feed, "feed");
            sender.start();
            try (Clients clients = Clients.start(settings, port)) {
                watch(application, models, feed, lag);
                feed.finish();
                sender.join();
                feed.check();
                summary = clients.summary();
                problems.addAll(clients.complaints(samples.isJudgeOfLag()));
            }
        }
        journal.say(models.published() + " models were published; the load has ended");
        List<Tally> tallies = new ArrayList<>();
        int statesLeft = 0;
        if (!isStuck) {
            models.replay(load.expectation());
            try (Results results = new Results(broker.bootstrapServers(), topics, load.expectation())) {
                results.await(QUIET);
                int exitCode = application.end();
                if (exitCode != 143) {
                    problems.add("the application must end with 143, but ended with " + exitCode);
                }
                results.readToEnd();
                tallies.addAll(results.tallies());
            }
            statesLeft = Leftovers.count(broker.bootstrapServers(), APPLICATION + "-recurrent-state-changelog");
        }
        return new SoakReport(settings, samples, tallies, statesLeft, summary, problems, journal.elapsed());
    }

    private static List<ProducerRecord<byte[], byte[]>> last(Load load, long at) {
        List<ProducerRecord<byte[], byte[]>> last = new ArrayList<>(load.ends(at));
        last.addAll(load.oneInEach(PARTITIONS, EventTime.idleAt(at)));
        return last;
    }

    /** Takes samples until the load is sent or the application is stuck. */
    private void watch(ApplicationProcess application, PublishedModels models, Feed feed, Lag lag) throws Exception {
        Processors processors = new Processors(application.pid());
        long begun = System.nanoTime();
        Duration elapsed = Duration.ZERO;
        Duration publish = PUBLISH;
        while (feed.sent() < settings.records() && !isStuck) {
            holdBack(feed, lag, begun + elapsed.plus(INTERVAL).toNanos());
            check(application);
            elapsed = Duration.ofNanos(System.nanoTime() - begun);
            samples.add(sample(elapsed, application, processors, feed, lag));
            journal.say(samples.last().line());
            findStuck(application);
            if (settings.has(Part.MODELS) && elapsed.compareTo(publish) > 0) {
                models.publishNext();
                publish = publish.plus(PUBLISH);
            }
        }
    }

    /**
     * Makes the load wait while the lag is large: buffers that fill on a busy machine would look like growing memory.
     */
    private void holdBack(Feed feed, Lag lag, long until) throws Exception {
        while (System.nanoTime() < until) {
            boolean isLarge = lag.records() > Samples.LAG_SECONDS * settings.perSecond();
            feed.pause(isLarge);
            Thread.sleep(LOOK.toMillis());
            if (isLarge) {
                samples.waited(LOOK);
            }
        }
    }

    private static Sample sample(
            Duration elapsed, ApplicationProcess application, Processors processors, Feed feed, Lag lag)
            throws Exception {
        return new Sample(
                elapsed.toMillis() / 1e3,
                feed.sent(),
                lag.records(),
                application.heapAfterCollection(),
                application.resident(),
                application.handles(),
                application.threadCount(),
                processors.others(),
                application.streamThreads());
    }

    private void findStuck(ApplicationProcess application) throws Exception {
        List<String> deadlocked = application.deadlocked();
        List<String> stuck = deadlocked.isEmpty() ? samples.stuckThreads() : deadlocked;
        if (!stuck.isEmpty()) {
            isStuck = true;
            problems.add((deadlocked.isEmpty() ? "no loop is completed by " : "deadlock of ") + stuck);
            journal.say(problems.get(0) + "\n" + application.stacks(stuck));
        }
    }
}
