package io.lstmstreams.benchmark.pipeline;

import io.lstmstreams.benchmark.Machine;
import io.lstmstreams.benchmark.Settings;
import io.lstmstreams.benchmark.model.NetworkShape;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A benchmark from topic to topic on one stream thread, with one table for each model, load and guarantee. All events
 * are in the topic before the measurement; after a warm-up, results are counted as they are received. Then some
 * variants are measured at a third of that rate for their latency.
 *
 * <p>Arguments, all optional, with their defaults:
 *
 * <ul>
 *   <li>{@code models=100->128,1000->512}; {@code hdfs} is the bundled model, 28 -> 2x64
 *   <li>{@code loads=bursty,uniform guarantees=exactly_once_v2,at_least_once}
 *   <li>{@code variants=clients,pass,pass-result,state,state-cached,diy,ours-vector,ours-portable}, see
 *       {@link Variant}; {@code ours-vector+commit.interval.ms=1000+lstm.batch.size=1} is ours with these settings
 *   <li>{@code latency=pass-result,diy,ours-vector}: the variants whose latency is measured, and
 *       {@code latencyLoads=bursty}
 *   <li>{@code seconds=3 warmUp=2}: the durations of the measurement and of the warm-up
 *   <li>{@code events=2000000 live=400 sequences=100000 partitions=8}: the events and partitions of a topic, and the
 *       sequences of bursty and uniform loads
 * </ul>
 *
 * <p>Under at-least-once Kafka commits every 30 s, so a record cache writes only the states that do not fit.
 */
public final class PipelineBenchmark {
    private static final long WARM_UP_AT_MOST = 10_000_000_000L;
    private static final int CHECKED_EVENTS = 2000;
    private static final int CHECKED_SEQUENCES = 100;
    private static final String OURS_AUTO = Variant.OURS + "auto";
    private static final String EXACTLY_ONCE = StreamsConfig.EXACTLY_ONCE_V2;
    private static final String HDFS = "/io/lstmstreams/demo/hdfs.safetensors";
    private static final int GUESSED_RESULT_BYTES = 250;

    private final Settings settings;
    private final Cluster cluster;
    private final Set<String> topics = new HashSet<>();
    private int runs;
    private int resultBytes = GUESSED_RESULT_BYTES;

    private PipelineBenchmark(Settings settings, Cluster cluster) {
        this.settings = settings;
        this.cluster = cluster;
    }

    /** Runs the benchmark and prints its tables. */
    public static void main(String[] args) throws Exception {
        Map<String, String> defaults = Map.ofEntries(
                Map.entry("models", "100->128,1000->512"),
                Map.entry("loads", "bursty,uniform"),
                Map.entry("guarantees", "exactly_once_v2,at_least_once"),
                Map.entry("variants", "clients,pass,pass-result,state,state-cached,diy,ours-vector,ours-portable"),
                Map.entry("latency", "pass-result,diy,ours-vector"),
                Map.entry("latencyLoads", "bursty"),
                Map.entry("seconds", "3"),
                Map.entry("warmUp", "2"),
                Map.entry("events", "2000000"),
                Map.entry("live", "400"),
                Map.entry("sequences", "100000"),
                Map.entry("partitions", "8"));
        Settings settings = Settings.of(defaults, args);
        try (Cluster cluster = new Cluster(settings.number("partitions"))) {
            System.out.println(Machine.header(
                    "mvn -q -Pbenchmark test-compile exec:exec -Dbenchmark=pipeline.PipelineBenchmark -Dargs='"
                            + String.join(" ", args) + "'"));
            new PipelineBenchmark(settings, cluster).run();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        for (String name : settings.texts("models")) {
            Model model = name.equals("hdfs")
                    ? ModelFile.load(PipelineBenchmark.class.getResource(HDFS).toString())
                    : NetworkShape.parse(name).model();
            Path path = cluster.path("model" + runs + ".safetensors");
            ModelFile.save(model, path);
            String file = path.toString();
            warmUp(model, file);
            if (settings.texts("variants").contains(Variant.DO_IT_YOURSELF)) {
                check(model, file);
            }
            for (String load : settings.texts("loads")) {
                for (String guarantee : settings.texts("guarantees")) {
                    measure(name, model, file, load, guarantee).print();
                }
            }
        }
    }

    /** Runs until the JVM has compiled the code and the size of a result is known. */
    private void warmUp(Model model, String file) throws Exception {
        String load = settings.texts("loads").get(0);
        resultBytes = throughput(new Variant(OURS_AUTO), model, file, load, EXACTLY_ONCE)
                .resultBytes();
    }

    private Table measure(String name, Model model, String file, String load, String guarantee) throws Exception {
        Table table = new Table(String.format(
                Locale.ROOT,
                "%s, %s sequences, %s, results of %d bytes",
                name,
                load,
                guarantee.replace('_', ' '),
                resultBytes));
        List<Variant> variants =
                settings.texts("variants").stream().map(Variant::new).toList();
        for (Variant variant : variants) {
            System.err.println(variant.title());
            table.put(variant, throughput(variant, model, file, load, guarantee));
        }
        for (String measured :
                settings.texts("latencyLoads").contains(load) ? settings.texts("latency") : List.<String>of()) {
            Variant variant = new Variant(measured);
            if (table.throughput(variant) != null) {
                System.err.println(variant.title() + ", latency");
                double rate = table.throughput(variant).perSecond() / 3;
                table.put(variant, latency(variant, model, file, load, guarantee, rate));
            }
        }
        return table;
    }

    /** Checks that ours and the do-it-yourself topology yield the same results for the same events. */
    private void check(Model model, String file) throws Exception {
        String input = "checked-" + runs;
        cluster.createTopics(input);
        new EventProducer(cluster, input, Load.of("bursty", CHECKED_SEQUENCES, symbols(model))).sendAll(CHECKED_EVENTS);
        Map<Integer, List<byte[]>> ours = results(new Variant(OURS_AUTO), input, model, file);
        ResultCheck.same(ours, results(new Variant(Variant.DO_IT_YOURSELF), input, model, file));
        cluster.delete(input);
    }

    private Map<Integer, List<byte[]>> results(Variant variant, String input, Model model, String file)
            throws Exception {
        Variant.Setting setting = setting(input, EXACTLY_ONCE, model, file);
        cluster.createTopics(setting.output());
        try (ResultConsumer consumer = new ResultConsumer(cluster, setting.output());
                AutoCloseable running = variant.start(cluster, setting)) {
            return consumer.read(CHECKED_EVENTS);
        } finally {
            cluster.delete(setting.applicationId());
        }
    }

    private Throughput throughput(Variant variant, Model model, String file, String load, String guarantee)
            throws Exception {
        String input = events(load, symbols(model));
        Variant.Setting setting = setting(input, guarantee, model, file);
        cluster.createTopics(setting.output());
        Throughput.Window window = new Throughput.Window(
                settings.nanoseconds("warmUp"),
                load.equals("uniform") ? settings.number("sequences") : 0,
                Math.max(WARM_UP_AT_MOST, settings.nanoseconds("warmUp")),
                settings.nanoseconds("seconds"),
                settings.number("events"));
        try (ResultConsumer consumer = new ResultConsumer(cluster, setting.output());
                AutoCloseable running = variant.start(cluster, setting)) {
            return Throughput.measure(consumer, setting.applicationId(), window);
        } finally {
            cluster.delete(setting.applicationId());
        }
    }

    private Latency latency(Variant variant, Model model, String file, String load, String guarantee, double rate)
            throws Exception {
        String input = "paced-" + runs;
        cluster.createTopics(input);
        Variant.Setting setting = setting(input, guarantee, model, file);
        cluster.createTopics(setting.output());
        EventProducer producer = new EventProducer(cluster, input, Load.of(load, live(load), symbols(model)));
        Thread sender = new Thread(() -> producer.sendAtRate(rate), "sender");
        try (ResultConsumer consumer = new ResultConsumer(cluster, setting.output());
                AutoCloseable running = variant.start(cluster, setting)) {
            sender.start();
            return Latency.measure(
                    consumer,
                    rate,
                    Math.max(settings.nanoseconds("warmUp"), settings.nanoseconds("seconds")),
                    2 * settings.nanoseconds("seconds"));
        } finally {
            producer.stop();
            sender.join();
            producer.check();
            cluster.delete(setting.applicationId());
            cluster.delete(input);
        }
    }

    private Variant.Setting setting(String input, String guarantee, Model model, String file) {
        String id = "run" + runs++;
        return new Variant.Setting(id, input, id + "-results", guarantee, model, file, resultBytes);
    }

    /** Returns the topic of a load, which is filled on the first call. */
    private String events(String load, int symbols) throws Exception {
        String topic = "events-" + load + "-" + symbols;
        if (topics.add(topic)) {
            cluster.createTopics(topic);
            new EventProducer(cluster, topic, Load.of(load, live(load), symbols)).sendAll(settings.number("events"));
        }
        return topic;
    }

    private int live(String load) {
        return settings.number(load.equals("uniform") ? "sequences" : "live");
    }

    private static int symbols(Model model) {
        return model.vocabulary().size() - (model.vocabulary().hasEnd() ? 1 : 0);
    }
}
