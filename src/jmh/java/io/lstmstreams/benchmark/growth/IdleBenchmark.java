package io.lstmstreams.benchmark.growth;

import io.lstmstreams.benchmark.Machine;
import io.lstmstreams.benchmark.Settings;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A benchmark of the cost of an idle timeout, in two parts. The first part processes events of new sequences over many
 * partitions, alternately without a timeout and with a timeout that no sequence reaches. In the second part, many
 * sequences expire at the same moment, beside a steady load of other sequences: it measures the latency from event to
 * result before they expire and until their last verdict, and each verdict must be received exactly once.
 *
 * <p>Arguments, all optional, with their defaults: {@code started=60000 started.partitions=64 rounds=3
 * sequences=1000000 partitions=4 rate=1000 timeout.s=120 calm.s=20}. The timeout must be longer than sending and
 * processing the sequences takes.
 */
public final class IdleBenchmark {
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final long ASK_AGAIN_MS = 5;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final int BUSY_SEQUENCES = 500;
    private static final int DIGITS = 3;
    private static final String HOUR = "3600000";

    private final Settings settings;
    private final Model model = NetworkShape.parse("28->2x64").model();
    private final AtomicReference<Exception> sendFailure = new AtomicReference<>();

    private IdleBenchmark(Settings settings) {
        this.settings = settings;
    }

    /** Runs the benchmark and prints the measurements. */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.of(
                Map.of(
                        "started", "60000",
                        "started.partitions", "64",
                        "rounds", "3",
                        "sequences", "1000000",
                        "partitions", "4",
                        "rate", "1000",
                        "timeout.s", "120",
                        "calm.s", "20"),
                args);
        System.out.println(
                Machine.header("mvn -q -Pbenchmark test-compile exec:exec -Dbenchmark=growth.IdleBenchmark -Dargs='"
                        + String.join(" ", args) + "'"));
        IdleBenchmark benchmark = new IdleBenchmark(settings);
        if (settings.number("rounds") > 0) {
            benchmark.startMany();
        }
        if (settings.number("sequences") > 0) {
            benchmark.expireMany();
        }
        System.exit(0);
    }

    private void startMany() throws Exception {
        int sequences = settings.number("started");
        int rounds = settings.number("rounds");
        double[] without = new double[rounds];
        double[] with = new double[rounds];
        try (Cluster cluster = new Cluster(settings.number("started.partitions"))) {
            for (int round = 0; round < rounds; round++) {
                without[round] = startedPerSecond(cluster, "without" + round, "0", sequences);
                with[round] = startedPerSecond(cluster, "with" + round, HOUR, sequences);
            }
        }
        Arrays.sort(without);
        Arrays.sort(with);
        System.out.printf(
                "%,d new sequences, %d partitions, 1 thread, median of %d: %,.0f events/s without an idle timeout (%,.0f to %,.0f), %,.0f with one (%,.0f to %,.0f): %.2f%n",
                sequences,
                settings.number("started.partitions"),
                rounds,
                without[rounds / 2],
                without[0],
                without[rounds - 1],
                with[rounds / 2],
                with[0],
                with[rounds - 1],
                with[rounds / 2] / without[rounds / 2]);
    }

    private double startedPerSecond(Cluster cluster, String name, String timeoutMs, int sequences) throws Exception {
        cluster.createTopics(name + "-events");
        send(cluster, name + "-events", sequences, System.currentTimeMillis());
        try (LstmApplication application = start(cluster, name, timeoutMs)) {
            application.awaitRunning(LIMIT);
            awaitSteps(application, 1);
            long before = application.metrics().steps().sum();
            long begun = System.nanoTime();
            awaitSteps(application, sequences);
            return (sequences - before) * 1e9 / (System.nanoTime() - begun);
        } finally {
            cluster.delete(name);
        }
    }

    private void expireMany() throws Exception {
        int sequences = settings.number("sequences");
        long timeoutMs = Duration.ofSeconds(settings.number("timeout.s")).toMillis();
        try (Cluster cluster = new Cluster(settings.number("partitions"))) {
            cluster.createTopics("idle-events", "idle-results", "idle-verdicts");
            long base = System.currentTimeMillis();
            send(cluster, "idle-events", sequences, base);
            try (LstmApplication application = start(cluster, "idle", Long.toString(timeoutMs));
                    ExpiryReader reader = new ExpiryReader(
                            cluster.bootstrapServers(),
                            "idle-results",
                            "idle-verdicts",
                            "blk_",
                            sequences,
                            base + timeoutMs)) {
                awaitSteps(application, sequences);
                long left = base + timeoutMs - System.currentTimeMillis();
                if (left < Duration.ofSeconds(settings.number("calm.s")).toMillis()) {
                    throw new IllegalStateException(
                            "timeout.s is too short: the sequences were processed " + left + " ms before they expire");
                }
                reader.start();
                beside(cluster, reader);
                System.out.println(reader.report());
            }
        }
    }

    /** Sends events of other sequences at a steady rate until all verdicts are received. */
    private void beside(Cluster cluster, ExpiryReader reader) throws Exception {
        long period = 1_000 * NANOS_PER_MS / settings.number("rate");
        long begun = System.nanoTime();
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster, 0)) {
            for (long i = 0; !reader.isDone() && System.nanoTime() - begun < LIMIT.toNanos(); i++) {
                long due = begun + i * period;
                while (System.nanoTime() < due) {
                    Thread.sleep(0, 200_000);
                }
                send(producer, "idle-events", "busy" + i % BUSY_SEQUENCES, (int) i, System.currentTimeMillis());
            }
        }
        failIfNotSent();
        reader.join();
    }

    private LstmApplication start(Cluster cluster, String name, String timeoutMs) {
        Path modelFile = cluster.path(name + ".safetensors");
        ModelFile.save(model, modelFile);
        Map<String, String> properties = new HashMap<>(Map.of(
                ModelConfig.MODEL_CONFIG,
                modelFile.toString(),
                InputConfig.TOPIC_CONFIG,
                name + "-events",
                OutputConfig.TOPIC_CONFIG,
                name + "-results",
                OutputConfig.VERDICT_TOPIC_CONFIG,
                name + "-verdicts",
                StreamsConfig.APPLICATION_ID_CONFIG,
                name,
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrapServers(),
                StreamsConfig.STATE_DIR_CONFIG,
                cluster.path(name).toString(),
                "auto.offset.reset",
                "earliest"));
        if (!timeoutMs.equals("0")) {
            properties.put(SequenceConfig.IDLE_TIMEOUT_CONFIG, timeoutMs);
        }
        return LstmApplication.start(LstmStreamsConfig.of(properties, Map.of()));
    }

    private static void awaitSteps(LstmApplication application, long steps) throws InterruptedException {
        while (application.metrics().steps().sum() < steps) {
            if (application.hasStopped()) {
                application.awaitStop();
            }
            Thread.sleep(ASK_AGAIN_MS);
        }
    }

    private void send(Cluster cluster, String topic, int sequences, long time) {
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster, 20)) {
            for (int i = 0; i < sequences; i++) {
                send(producer, topic, "blk_" + i, i, time);
            }
        }
        failIfNotSent();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback handles the outcome
    private void send(KafkaProducer<byte[], byte[]> producer, String topic, String sequence, int event, long time) {
        String symbol = model.vocabulary().symbol(event % model.network().inputSize());
        byte[] value = ("{\"event\":\"" + symbol + "\"}").getBytes(StandardCharsets.UTF_8);
        byte[] key = sequence.getBytes(StandardCharsets.UTF_8);
        producer.send(
                new ProducerRecord<>(topic, null, time, key, value),
                (metadata, e) -> sendFailure.compareAndSet(null, e));
    }

    private void failIfNotSent() {
        if (sendFailure.get() != null) {
            throw new IllegalStateException("the events could not be sent", sendFailure.get());
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Cluster cluster, int lingerMs) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "linger.ms", lingerMs),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Returns a histogram of milliseconds. */
    static Histogram histogram() {
        return new Histogram(DIGITS);
    }
}
