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
import org.jspecify.annotations.Nullable;

/** A writer to a models topic. Not thread-safe. */
public final class ModelPublisher implements AutoCloseable {
    private static final int FINGERPRINT_DIGITS = 32;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    /**
     * Creates a publisher.
     *
     * @param settings the settings of a producer
     * @param topic the models topic
     */
    public ModelPublisher(Map<String, Object> settings, String topic) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.ACKS_CONFIG, "all"); // idempotence is the default: records keep their order
        all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
    }

    /**
     * Publishes a model under a name, and makes it the name's active model.
     *
     * @param name the name
     * @param model the model in the file
     * @param file a self-contained model file
     * @param uri the URI from which instances fetch the same file; null to write the file into the topic
     * @param published the time of publication, in milliseconds since the epoch; models are listed in this order
     * @return the description of the published model
     * @throws ModelTopicException if the model cannot be written to the topic
     */
    public Manifest publish(String name, Model model, Path file, @Nullable String uri, long published) {
        try {
            Manifest manifest = new Manifest(
                    name,
                    ModelBundles.sha256(file),
                    Files.size(file),
                    uri,
                    model.network().fingerprintHex().substring(0, FINGERPRINT_DIGITS),
                    model.network().name(),
                    published);
            if (manifest.bytes() > Manifest.MAX_BYTES) {
                throw ModelTopicException.permanent("the model file must have at most " + Manifest.MAX_BYTES
                        + " bytes, but has " + manifest.bytes());
            }
            if (uri == null) {
                sendChunks(manifest, file);
            }
            send(ModelTopicIndex.key(ModelTopicIndex.MODEL, name, manifest.sha256()), manifest.toJson());
            activate(name, manifest.sha256());
            return manifest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a published model the active model of a name. */
    public void activate(String name, String sha256) {
        send(
                ModelTopicIndex.key(ModelTopicIndex.ACTIVE, name),
                ("{\"sha256\":\"" + sha256 + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private void sendChunks(Manifest manifest, Path file) throws IOException {
        List<Future<?>> sent = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = in.readNBytes(ModelTopicIndex.CHUNK_BYTES);
            for (int number = 0; chunk.length > 0; number++) {
                byte[] key = ModelTopicIndex.key(ModelTopicIndex.CHUNK, manifest.sha256(), Integer.toString(number));
                sent.add(producer.send(record(key, chunk)));
                chunk = in.readNBytes(ModelTopicIndex.CHUNK_BYTES);
            }
        }
        sent.forEach(this::await); // all chunks are in the topic before the manifest announces them
    }

    private void send(byte[] key, byte[] value) {
        await(producer.send(record(key, value)));
    }

    private ProducerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ProducerRecord<>(topic, 0, key, value);
    }

    private void await(Future<?> sent) {
        try {
            sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ModelTopicException.temporary("interrupted while writing to " + topic, e);
        } catch (ExecutionException e) {
            throw ModelTopicException.temporary(
                    "writing to the topic " + topic + " failed: " + ModelTopic.reason(e), e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
