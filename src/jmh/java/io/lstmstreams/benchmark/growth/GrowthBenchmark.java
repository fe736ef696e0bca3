package io.lstmstreams.benchmark.growth;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import io.lstmstreams.benchmark.Machine;
import io.lstmstreams.benchmark.Settings;
import io.lstmstreams.benchmark.growth.Growth.Scan;
import io.lstmstreams.benchmark.model.NetworkShape;
import io.lstmstreams.benchmark.pipeline.Cluster;
import io.lstmstreams.config.InputConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.ModelConfig;
import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.config.SequenceConfig;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.state.StateCodec;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A benchmark of many sequences. It sends one event of each sequence through the application, measures the sizes on
 * disk, restarts the application, deletes its local state, and restarts it again, so that the state is restored from
 * the changelog. An idle timeout is set all the time.
 *
 * <p>Arguments, all optional, with their defaults: {@code sequences=10000,1000000 models=28->2x64 threads=1,2
 * partitions=8}. 28->2x64 needs some 3 GB of disk for each million sequences.
 */
public final class GrowthBenchmark {
    private static final Duration TIMEOUT = Duration.ofHours(2);
    private static final long ASK_AGAIN_MS = 20;
    private static final Duration IDLE = Duration.ofDays(1); // longer than any run: scans find no idle sequence
    private static final Duration SCANNING = Duration.ofSeconds(20);
    private static final String AVERAGE = "punctuate-latency-avg";
    private static final String LONGEST = "punctuate-latency-max";
    private static final String THREADS = "kafka.streams:type=stream-thread-metrics,*";

    private final Cluster cluster;
    private final String name;
    private final Path modelFile;
    private final Model model;
    private final int threads;
    private final int sequences;

    private GrowthBenchmark(Cluster cluster, String name, NetworkShape shape, int threads, int sequences) {
        this.cluster = cluster;
        this.name = name;
        this.model = shape.model();
        this.modelFile = cluster.path(name + ".safetensors");
        this.threads = threads;
        this.sequences = sequences;
    }

    /** Runs the benchmark and prints each row of its table as soon as it is measured. */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.of(
                Map.of("sequences", "10000,1000000", "models", "28->2x64", "threads", "1,2", "partitions", "8"), args);
        System.out.println(
                Machine.header("mvn -q -Pbenchmark test-compile exec:exec -Dbenchmark=growth.GrowthBenchmark -Dargs='"
                        + String.join(" ", args) + "'"));
        System.out.println();
        System.out.println(Growth.head());
        try (Cluster cluster = new Cluster(settings.number("partitions"))) {
            int runs = 0;
            for (String shape : settings.texts("models")) {
                for (String sequences : settings.texts("sequences")) {
                    for (String threads : settings.texts("threads")) {
                        GrowthBenchmark benchmark = new GrowthBenchmark(
                                cluster,
                                "growth" + runs++,
                                NetworkShape.parse(shape),
                                Integer.parseInt(threads),
                                Integer.parseInt(sequences));
                        System.out.println(benchmark.measure().row());
                    }
                }
            }
        }
        System.exit(0);
    }

    private Growth measure() throws Exception {
        ModelFile.save(model, modelFile);
        cluster.createTopics(input());
        sendOneEventEach();
        EventPhase events = processEvents();
        long storeBytes = Cluster.bytes(cluster.path(name), "", "");
        long changelogBytes = Cluster.bytes(cluster.brokerFolder(), name + "-recurrent-state-changelog", ".log");
        Scan scan = scanAtRest();
        double start = secondsUntilItRuns();
        Cluster.deleteFolder(cluster.path(name));
        double restore = secondsUntilItRuns();
        long restored = Cluster.bytes(cluster.path(name), "", "");
        if (restored < (long) sequences * StateCodec.bytesPerSequence(model.network()) / 2) {
            throw new IllegalStateException("only " + restored + " bytes were restored");
        }
        cluster.delete(name);
        return new Growth(
                model.network().name(),
                threads,
                sequences,
                StateCodec.bytesPerSequence(model.network()),
                events.perSecond(),
                events.scan(),
                events.longestPause(),
                scan,
                storeBytes,
                changelogBytes,
                start,
                restore);
    }

    private String input() {
        return name + "-events";
    }

    private LstmApplication start() {
        return LstmApplication.start(LstmStreamsConfig.of(
                Map.of(
                        ModelConfig.MODEL_CONFIG,
                        modelFile.toString(),
                        InputConfig.TOPIC_CONFIG,
                        input(),
                        OutputConfig.TOPIC_CONFIG,
                        name + "-results",
                        StreamsConfig.APPLICATION_ID_CONFIG,
                        name,
                        SequenceConfig.IDLE_TIMEOUT_CONFIG,
                        Long.toString(IDLE.toMillis()),
                        StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                        cluster.bootstrapServers(),
                        StreamsConfig.STATE_DIR_CONFIG,
                        cluster.path(name).toString(),
                        StreamsConfig.NUM_STREAM_THREADS_CONFIG,
                        Integer.toString(threads)),
                Map.of()));
    }

    /**
     * The measurements of the events.
     *
     * @param perSecond the number of events a second
     * @param longestPause the longest pause of the garbage collector, in milliseconds
     */
    private record EventPhase(double perSecond, Scan scan, long longestPause) {}

    /** Sends one event of every sequence and stops the application, which commits everything. */
    private EventPhase processEvents() throws InterruptedException {
        try (LstmApplication application = start()) {
            application.awaitRunning(TIMEOUT);
            long before = application.metrics().steps().sum();
            long begun = System.nanoTime();
            long longestPause = 0;
            while (application.metrics().steps().sum() < sequences) {
                if (application.hasStopped()) {
                    application.awaitStop();
                }
                Thread.sleep(ASK_AGAIN_MS);
                longestPause = Math.max(longestPause, lastPause());
            }
            double perSecond = (sequences - before) * 1e9 / (System.nanoTime() - begun);
            return new EventPhase(perSecond, scan(), longestPause);
        }
    }

    /** Returns the longest of the last collections of each kind, in milliseconds. */
    private static long lastPause() {
        return ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class).stream()
                .map(GarbageCollectorMXBean::getLastGcInfo)
                .filter(Objects::nonNull)
                .mapToLong(GcInfo::getDuration)
                .max()
                .orElse(0);
    }

    private Scan scanAtRest() throws InterruptedException {
        try (LstmApplication application = start()) {
            application.awaitRunning(TIMEOUT);
            Thread.sleep(SCANNING.toMillis());
            return scan();
        }
    }

    /**
     * Returns Kafka Streams' metrics of punctuations over about the last minute. The idle scan is the only punctuation.
     */
    private static Scan scan() {
        return new Scan(most(AVERAGE), most(LONGEST));
    }

    private static double most(String attribute) {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            double most = Double.NaN;
            for (ObjectName thread : server.queryNames(new ObjectName(THREADS), null)) {
                for (Attribute found :
                        server.getAttributes(thread, new String[] {attribute}).asList()) {
                    double value = (double) found.getValue();
                    most = Double.isNaN(most) ? value : Math.max(most, value);
                }
            }
            return most;
        } catch (JMException e) {
            throw new IllegalStateException("the latency of punctuations is not available", e);
        }
    }

    private double secondsUntilItRuns() throws InterruptedException {
        long begun = System.nanoTime();
        try (LstmApplication application = start()) {
            application.awaitRunning(TIMEOUT);
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    private void sendOneEventEach() {
        AtomicReference<Exception> failure = new AtomicReference<>();
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", cluster.bootstrapServers());
        settings.put("linger.ms", 20);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int sequence = 0; sequence < sequences; sequence++) {
                byte[] key = ("blk_" + Integer.reverse(sequence)).getBytes(StandardCharsets.UTF_8);
                String event =
                        model.vocabulary().symbol(sequence % model.network().inputSize());
                byte[] value = ("{\"event\":\"" + event + "\"}").getBytes(StandardCharsets.UTF_8);
                producer.send(
                        new ProducerRecord<>(input(), key, value), (metadata, e) -> failure.compareAndSet(null, e));
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("the events could not be sent", failure.get());
        }
    }
}
