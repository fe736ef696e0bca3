package io.lstmstreams.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.demo.Demo;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.waiting.ProgressTimeout;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Six clients that list sequences all the time, and one that requests single sequences, beside a steady load: the
 * stream neither stops nor falls behind. {@code -Dlists.seconds=600} makes the test longer; with {@code
 * -Dlists.rate=1000000} the load has as many records as the stream can process.
 */
class ListsBesideLoadIT {
    private static final Logger LOG = LoggerFactory.getLogger(ListsBesideLoadIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("lists.seconds", 20));
    private static final int RECORDS_A_SECOND = Integer.getInteger("lists.rate", 1_500);
    private static final int MOST_WAITING = 20_000; // the maximum number of records that are sent and not processed
    private static final int SEQUENCES = 20_000;
    private static final int LISTING = 6;

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong pages = new AtomicLong();
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong single = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean over;

    private LstmStreamsConfig config(EmbeddedBroker broker, Path state) {
        return LstmStreamsConfig.of(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "application.id", "listed",
                        "state.dir", state.toString(),
                        "lstm.model", Demo.class.getResource("hdfs.safetensors").toString(),
                        "lstm.input.topic", "events",
                        "lstm.output.topic", "results",
                        "lstm.sequence.max.steps", "20",
                        "lstm.http.port", "0"),
                Map.of());
    }

    @Test
    void shouldNeitherStopNorFallBehindWhileSequencesAreListed(@TempDir Path data) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, data.resolve("broker"), Map.of("num.partitions", 4));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            LstmStreamsConfig config = config(broker, data.resolve("state"));
            try (ApplicationServer server = ApplicationServer.start(config);
                    LstmApplication application = LstmApplication.start(server.announce(config))) {
                server.serve(application);
                application.awaitRunning(ProgressTimeout.LIMIT);

                double alone = load(application, producer);
                List<Future<?>> asking = new ArrayList<>();
                ExecutorService clients = Executors.newCachedThreadPool();
                for (int i = 0; i < LISTING; i++) {
                    asking.add(clients.submit(() -> list(server.address())));
                }
                asking.add(clients.submit(() -> askForOne(server.address())));
                double besideLists = load(application, producer);
                over = true;
                for (Future<?> one : asking) {
                    one.get(1, TimeUnit.MINUTES);
                }
                clients.shutdown();

                LOG.info(
                        "{} records/s alone, {} beside lists; {} pages with {} lines, {} single sequences, {} refused",
                        Math.round(alone),
                        Math.round(besideLists),
                        pages,
                        lines,
                        single,
                        refused);
                assertThat(pages.get()).isGreaterThan(LISTING);
                assertThat(lines.get()).isPositive();
                assertThat(single.get()).isPositive();
                assertThat(refused.get()).isLessThan(pages.get());
            }
        }
    }

    /**
     * Sends records for a while and waits until the stream has processed them.
     *
     * @return the number of records processed a second
     */
    private double load(LstmApplication application, KafkaProducer<byte[], byte[]> producer) throws Exception {
        long before = application.metrics().steps().sum();
        long begun = System.nanoTime();
        long of = sent.get();
        byte[] event = "{\"event\":\"E5\"}".getBytes(UTF_8);
        for (long passed = 0; passed < TIME.toNanos(); passed = System.nanoTime() - begun) {
            long due = of + passed * RECORDS_A_SECOND / TimeUnit.SECONDS.toNanos(1);
            while (sent.get() < due
                    && sent.get() - application.metrics().steps().sum() < MOST_WAITING) {
                byte[] id = ("sequence-" + sent.getAndIncrement() * 7_919 % SEQUENCES).getBytes(UTF_8);
                producer.send(new ProducerRecord<>("events", id, event));
            }
            checkThreads();
            TimeUnit.MILLISECONDS.sleep(5);
        }
        awaitProgress(application);
        return (application.metrics().steps().sum() - before)
                / ((System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1));
    }

    /** Waits until all records are processed, as long as the stream makes progress. */
    private void awaitProgress(LstmApplication application) throws Exception {
        ProgressTimeout.await("all records", application.metrics().steps()::sum, () -> {
            checkThreads();
            return application.metrics().steps().sum() >= sent.get();
        });
    }

    private static void checkThreads() {
        assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads())
                .as("threads that wait for each other")
                .isNull();
    }

    private Void list(URI server) throws Exception {
        String after = "";
        while (!over) {
            HttpResponse<String> answer = get(server.resolve("/sequences?limit=100" + after));
            if (answer.statusCode() == 503) {
                refused.incrementAndGet();
                continue;
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode page = JSON.readTree(answer.body());
            pages.incrementAndGet();
            lines.addAndGet(page.path("sequences").size());
            after = page.has("next") ? "&after=" + page.path("next").asText() : "";
        }
        return null;
    }

    private Void askForOne(URI server) throws Exception {
        for (int i = 0; !over; i = (i + 1) % SEQUENCES) {
            int status = get(server.resolve("/sequences/sequence-" + i)).statusCode();
            assertThat(status).isIn(200, 404, 503);
            (status == 503 ? refused : single).incrementAndGet();
        }
        return null;
    }

    private HttpResponse<String> get(URI path) throws Exception {
        return client.send(HttpRequest.newBuilder(path).build(), HttpResponse.BodyHandlers.ofString());
    }
}
