package io.lstmstreams.faults;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.load.Journal;
import io.lstmstreams.load.Ports;
import io.lstmstreams.load.Topics;
import io.lstmstreams.modelfile.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processes of a run: the broker, the instances, and a thread that supervises the instances. */
final class Cluster implements AutoCloseable {
    static final int PARTITIONS = 6;

    private static final String APPLICATION = "faults";
    private static final int LOOK_MS = 200;

    private final BrokerNode broker;
    private final List<Instance> instances = new ArrayList<>();
    private final Topics topics = Topics.of(APPLICATION);
    private final Journal journal;
    private final Set<String> problems = ConcurrentHashMap.newKeySet();
    private final List<Integer> ports =
            Stream.generate(Ports::free).limit(Plan.MAX_INSTANCES).toList(); // of the instances, for HTTP
    private final ListClient asker = new ListClient(ports);
    private volatile boolean closed;

    private Cluster(BrokerNode broker, Journal journal) {
        this.broker = broker;
        this.journal = journal;
    }

    /**
     * Starts the broker, creates the topics and starts the first instances.
     *
     * @param settings the instances' settings, which override those of every run
     */
    static Cluster start(Path directory, Model model, int first, Map<String, String> settings, Journal journal)
            throws IOException, InterruptedException, ExecutionException {
        Path modelFile = directory.resolve("model.safetensors");
        ModelFile.save(model, modelFile);
        Cluster cluster = new Cluster(new BrokerNode(directory.resolve("broker"), 1 + Plan.MAX_INSTANCES), journal);
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "no process is left behind"));
        for (int i = 1; i <= Plan.MAX_INSTANCES; i++) {
            Map<String, String> all = new TreeMap<>(cluster.settings(modelFile, i));
            all.putAll(settings);
            cluster.instances.add(new Instance(i, directory.resolve("instance-" + i), all, cluster.broker.proxy(i)));
        }
        cluster.broker.start();
        cluster.topics.create(cluster.broker.bootstrapServers(), PARTITIONS, PARTITIONS);
        cluster.instances.subList(0, first).forEach(Instance::start);
        Proxy.daemon("supervisor", cluster::supervise);
        Proxy.daemon("asker", cluster.asker);
        return cluster;
    }

    private Map<String, String> settings(Path modelFile, int instance) {
        return Map.ofEntries(
                Map.entry("application.id", APPLICATION),
                Map.entry("bootstrap.servers", broker.bootstrapServers(instance)),
                Map.entry("client.id", "instance-" + instance),
                Map.entry("lstm.http.port", Integer.toString(ports.get(instance - 1))),
                Map.entry("lstm.model", modelFile.toString()),
                Map.entry("lstm.kernel", Kernels.auto().name()), // the kernel of replay: kernels differ in the last bit
                Map.entry("lstm.input.topic", topics.events()),
                Map.entry("lstm.output.topic", topics.results()),
                Map.entry("lstm.verdict.topic", topics.verdicts()),
                // A killed process must be noticed within seconds.
                Map.entry("session.timeout.ms", "5000"),
                Map.entry("heartbeat.interval.ms", "1200"));
    }

    private void supervise() {
        try {
            while (!closed) {
                for (Instance instance : instances) {
                    String why = instance.revive();
                    if (why != null) {
                        journal.say("    " + instance + " ended by itself and is started again: " + why);
                    }
                    if (instance.isInCrashLoop()) {
                        problems.add(instance + " does not come back");
                    }
                }
                Thread.sleep(LOOK_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | AssertionError e) {
            if (!closed) {
                problems.add("nobody looks after the instances: " + e);
            }
        }
    }

    /** Returns the number of lists of sequences that the instances have answered. */
    long lists() {
        return asker.lists();
    }

    BrokerNode broker() {
        return broker;
    }

    List<Instance> instances() {
        return instances;
    }

    Topics topics() {
        return topics;
    }

    /** Returns the consumer group of the instances. */
    String group() {
        return APPLICATION;
    }

    /** Returns the changelog topic of the states. */
    String changelog() {
        return APPLICATION + "-recurrent-state-changelog";
    }

    /** Returns a value that changes whenever an instance is started or does anything. */
    String progress() {
        return instances.stream().map(Instance::progress).collect(Collectors.joining());
    }

    /**
     * Returns the possible reasons why nothing progresses: errors of the broker, the health of the instances, the
     * stacks of their threads.
     */
    List<String> condition() throws Exception {
        List<String> lines = new ArrayList<>();
        broker.errors().forEach(error -> lines.add("broker: " + error));
        for (int i = 0; i < instances.size(); i++) {
            Instance instance = instances.get(i);
            lines.addAll(instance.streamThreads());
            if (instance.isAlive()) {
                lines.add(instance + ": " + asker.health(ports.get(i)));
            }
        }
        return lines;
    }

    /** Waits until the instances that should run have their partitions. */
    void awaitRunning() throws InterruptedException {
        for (Instance instance : instances) {
            while (instance.shouldRun() && !instance.hasRun()) {
                Thread.sleep(LOOK_MS);
            }
        }
    }

    /** Stops all instances cleanly. */
    void endInstances() throws InterruptedException {
        for (Instance instance : instances) {
            if (instance.shouldRun() && !instance.end()) {
                problems.add(instance + " did not end");
            }
        }
    }

    /** Returns the problems other than wrong results. */
    Set<String> problems() {
        return problems;
    }

    @Override
    public void close() {
        closed = true;
        instances.forEach(Instance::close);
        broker.close();
    }
}
