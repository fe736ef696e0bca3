package io.lstmstreams.faults;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.load.Expectation;
import io.lstmstreams.load.Feed;
import io.lstmstreams.load.Journal;
import io.lstmstreams.load.Leftovers;
import io.lstmstreams.load.Load;
import io.lstmstreams.load.Results;
import io.lstmstreams.output.Include;
import io.lstmstreams.topology.TinyModels;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run of the suite: a load, the faults of a plan, and the comparison. */
final class FaultRun {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final Settings settings;
    private final Path directory;
    private final PrintStream out;
    private final Journal journal;
    private final Model model;

    private FaultRun(Settings settings, Path directory, PrintStream out) {
        this.settings = settings;
        this.directory = directory;
        this.out = out;
        this.journal = new Journal(out);
        this.model = TinyModels.events(settings.seed());
    }

    /**
     * Runs the suite and prints its progress; the caller prints the report.
     *
     * @param directory an empty directory for the processes' files
     */
    static Report run(Settings settings, Path directory, PrintStream out) throws Exception {
        return new FaultRun(settings, directory, out).run();
    }

    private Report run() throws Exception {
        PossibleFaults possible = PossibleFaults.here();
        possible.obstacles().forEach((kind, why) -> out.println("not injected here: " + kind.text() + ", " + why));
        Plan plan = Plan.draw(settings.seed(), settings.faults(), possible.kinds());
        Map<String, String> all = new TreeMap<>(plan.settings());
        all.put("lstm.output.include", "state");
        all.putAll(settings.recognition());
        all.putAll(settings.more());
        out.println("seed " + settings.seed() + ", " + plan.faults().size() + " faults, " + all);
        try (Cluster cluster = Cluster.start(directory, model, Plan.FIRST_INSTANCES, all, journal)) {
            cluster.awaitRunning();
            journal.say("broker and " + Plan.FIRST_INSTANCES + " instances run");
            return run(cluster, plan);
        }
    }

    private Report run(Cluster cluster, Plan plan) throws Exception {
        Load load = new Load(settings.seed(), cluster.topics().events());
        BrokerNode broker = cluster.broker();
        Feed feed = new Feed(load, broker.bootstrapServers(ConnectionFaults.PRODUCER), settings.perSecond());
        Injector injector = new Injector(plan, cluster, new LoadFaults(feed, directory), journal);
        try (feed) {
            Thread sender = new Thread(feed, "feed");
            sender.start();
            injector.run();
            journal.say("no more faults; the sequences end");
            feed.finish();
            sender.join();
            feed.check();
        }
        Expectation expectation = load.expectation();
        expectation.replay(model, Kernels.auto(), EnumSet.of(Include.STATE));
        try (Results results = new Results(broker.bootstrapServers(), cluster.topics(), expectation)) {
            List<String> problems = new ArrayList<>(injector.failures());
            if (!results.await(TIMEOUT)) {
                problems.add("no result has come for " + TIMEOUT);
                problems.addAll(cluster.condition());
            }
            cluster.endInstances();
            results.readToEnd();
            problems.addAll(cluster.problems());
            return new Report(
                    settings,
                    injector.injected(),
                    cluster.instances().stream().mapToInt(Instance::starts).sum(),
                    cluster.instances().stream().mapToInt(Instance::ends).sum(),
                    feed.sent(),
                    cluster.lists(),
                    results.tallies(),
                    Leftovers.count(broker.bootstrapServers(), cluster.changelog()),
                    problems,
                    journal.elapsed());
        }
    }
}
