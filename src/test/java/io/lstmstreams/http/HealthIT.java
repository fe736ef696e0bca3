package io.lstmstreams.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.broker.EmbeddedBroker;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.demo.Demo;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.waiting.ProgressTimeout;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health of an application whose stream thread hangs. */
class HealthIT {
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    /** An interceptor that blocks the thread that sends a result. */
    public static final class Hanging implements ProducerInterceptor<byte[], byte[]> {
        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
            try {
                RELEASED.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return sent;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    private static LstmStreamsConfig config(EmbeddedBroker broker, Path state) {
        return LstmStreamsConfig.of(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "application.id", "hanging",
                        "state.dir", state.toString(),
                        "max.poll.interval.ms", "10000",
                        "producer.interceptor.classes", Hanging.class.getName(),
                        "lstm.model", Demo.class.getResource("hdfs.safetensors").toString(),
                        "lstm.input.topic", "events",
                        "lstm.output.topic", "results",
                        "lstm.http.port", "0"),
                Map.of());
    }

    private static HttpResponse<String> get(ApplicationServer server, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(server.address().resolve(path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> await(ApplicationServer server, int status) throws Exception {
        HttpResponse<String> answer = get(server, "/health/live");
        while (answer.statusCode() != status) { // the test's own timeout ends the loop
            TimeUnit.MILLISECONDS.sleep(200);
            answer = get(server, "/health/live");
        }
        return answer;
    }

    @Test
    void shouldNameTheStreamThreadThatHangs(@TempDir Path data) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, data.resolve("broker"), Map.of("num.partitions", 1));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.partitionsFor("events"); // creates the topic
            LstmStreamsConfig config = config(broker, data.resolve("state"));

            // Given an idle application
            try (ApplicationServer server = ApplicationServer.start(config);
                    LstmApplication application = LstmApplication.start(config)) {
                server.serve(application);
                application.awaitRunning(ProgressTimeout.LIMIT);
                assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);

                // When its thread hangs while it sends a result
                producer.send(new ProducerRecord<>("events", "a", "{\"event\":\"E5\"}"))
                        .get();

                // Then health reports the hang, with the thread's name
                HttpResponse<String> stalled = await(server, 503);
                assertThat(stalled.body())
                        .contains("\"status\":\"STALLED\"")
                        .containsPattern(
                                "stream thread hanging-[-0-9a-f]+-StreamThread-1 has not completed a poll loop");
                assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);

                // And the application is live again when the thread continues
                RELEASED.countDown();
                assertThat(await(server, 200).body()).contains("\"status\":\"UP\"");
            }
        }
    }
}
