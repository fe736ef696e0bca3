package io.lstmstreams.modeltopic;

import io.lstmstreams.input.Model;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to a models topic. Not thread-safe. */
public final class ModelPublisher implements AutoCloseable {
    private static final int FINGERPRINT_DIGITS = 32;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    /** @param settings of a producer */
    public ModelPublisher(Map<String, Object> settings, String topic) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.ACKS_CONFIG, "all"); // and idempotent, by default: records come in their order
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
    }

    /**
     * Publishes a model under a name, which it is the active one of from then on.
     *
     * @param model what the file holds
     * @param file a model file of ours that needs no other file beside it
     * @param uri where instances shall fetch it, whose content is the file's; null to put it into the topic
     * @return what is known of it now
     * @throws ModelTopicException if the topic does not take it
     */
    public Manifest publish(String name, Model model, Path file, String uri) {
        try {
            Manifest manifest = new Manifest(
                    name,
                    ModelBundles.sha256(file),
                    Files.size(file),
                    uri,
                    model.network().fingerprintHex().substring(0, FINGERPRINT_DIGITS),
                    model.network().name(),
                    System.currentTimeMillis());
            if (manifest.bytes() > Manifest.MOST_BYTES) {
                throw ModelTopicException.lasting("the model's file has more than " + Manifest.MOST_BYTES + " bytes");
            }
            if (uri == null) {
                sendChunks(manifest, file);
            }
            send("model/" + name + "/" + manifest.sha256(), manifest.toJson());
            activate(name, manifest.sha256());
            return manifest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a model that was published before the active one of its name again. */
    public void activate(String name, String sha256) {
        send("active/" + name, ("{\"sha256\":\"" + sha256 + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private void sendChunks(Manifest manifest, Path file) throws IOException {
        List<Future<?>> sent = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = in.readNBytes(ModelTopicIndex.CHUNK_BYTES);
            for (int number = 0; chunk.length > 0; number++) {
                sent.add(producer.send(record("chunk/" + manifest.sha256() + "/" + number, chunk)));
                chunk = in.readNBytes(ModelTopicIndex.CHUNK_BYTES);
            }
        }
        sent.forEach(this::await); // before anybody is told of it
    }

    private void send(String key, byte[] value) {
        await(producer.send(record(key, value)));
    }

    private ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8), value);
    }

    private void await(Future<?> sent) {
        try {
            sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ModelTopicException.passing("interrupted while writing to " + topic, e);
        } catch (ExecutionException e) {
            throw ModelTopicException.passing(
                    "the topic " + topic + " does not take it: " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
