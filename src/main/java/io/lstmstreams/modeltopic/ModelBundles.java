package io.lstmstreams.modeltopic;

import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modelfile.TemporaryModelFile;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * A reader of the model files of a models topic, which are chunks in the topic or files at a URI. It compares every
 * file with its SHA-256 before the file is read as a model. Safe for any number of threads.
 */
public final class ModelBundles {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> settings;
    private final TopicPartition partition;
    private final List<String> uris;

    /**
     * Creates a reader.
     *
     * @param settings the settings of a consumer without a group
     * @param topic the models topic
     * @param uris the prefixes of permitted URIs
     */
    public ModelBundles(Map<String, Object> settings, String topic, List<String> uris) {
        this.settings = settings;
        this.partition = new TopicPartition(topic, 0);
        this.uris = uris;
    }

    /**
     * Fetches and loads a model.
     *
     * @param manifest the model's description
     * @param firstChunk the offset at which the search for chunks begins; if it fails, the whole topic is searched
     * @throws ModelTopicException if the model file is not available, does not match its SHA-256, or has no usable
     *     model
     */
    public Model load(Manifest manifest, long firstChunk) {
        try (TemporaryModelFile file = TemporaryModelFile.create()) {
            return load(manifest, firstChunk, file.path());
        } catch (IOException e) {
            throw ModelTopicException.temporary("its file cannot be stored on this machine: " + e, e);
        }
    }

    private Model load(Manifest manifest, long firstChunk, Path file) throws IOException {
        try {
            fetch(manifest, firstChunk, file);
            String found = sha256(file);
            if (!found.equals(manifest.sha256())) {
                throw ModelTopicException.permanent("its file has the SHA-256 " + found.substring(0, 16)
                        + "..., which differs from the published one");
            }
            return ModelFile.load(file);
        } catch (ModelFileException e) {
            String reason = String.valueOf(e.getMessage()).replace(file.toString(), "its file");
            throw e instanceof ModelFileException.Inaccessible
                    ? ModelTopicException.temporary(reason, e)
                    : ModelTopicException.permanent(reason);
        }
    }

    private void fetch(Manifest manifest, long firstChunk, Path file) throws IOException {
        if (manifest.uri() != null) {
            if (uris.stream().noneMatch(manifest.uri()::startsWith)) {
                throw ModelTopicException.permanent("its URI must begin with one of those in lstm.model.topic.uris ("
                        + String.join(", ", uris) + ")");
            }
            ModelFile.fetch(manifest.uri(), file, manifest.bytes());
            return;
        }
        if (!fetchChunks(manifest, firstChunk, file) && !(firstChunk > 0 && fetchChunks(manifest, 0, file))) {
            throw ModelTopicException.permanent("the topic does not contain all chunks of its file");
        }
    }

    /** Writes the chunks to a file, and returns whether all of them were found. */
    private boolean fetchChunks(Manifest manifest, long from, Path file) throws IOException {
        int chunks = (int) ((manifest.bytes() + ModelTopicIndex.CHUNK_BYTES - 1) / ModelTopicIndex.CHUNK_BYTES);
        String prefix = ModelTopicIndex.CHUNK + "/" + manifest.sha256() + "/";
        BitSet found = new BitSet(chunks);
        try (KafkaConsumer<byte[], byte[]> consumer = ModelTopic.consumer(settings, partition);
                FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long end = ModelTopic.endOffset(consumer, partition);
            long begin = ModelTopic.beginOffset(consumer, partition);
            consumer.seek(partition, Math.max(begin, from));
            while (found.cardinality() < chunks && consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    int number = number(record, prefix);
                    if (number >= 0 && number < chunks && record.value() != null && fits(record, number, manifest)) {
                        out.write(ByteBuffer.wrap(record.value()), (long) number * ModelTopicIndex.CHUNK_BYTES);
                        found.set(number);
                    }
                }
            }
        }
        return found.cardinality() == chunks;
    }

    private static boolean fits(ConsumerRecord<byte[], byte[]> record, int number, Manifest manifest) {
        long left = manifest.bytes() - (long) number * ModelTopicIndex.CHUNK_BYTES;
        return record.value().length == Math.min(left, ModelTopicIndex.CHUNK_BYTES);
    }

    private static int number(ConsumerRecord<byte[], byte[]> record, String prefix) {
        if (record.key() == null || record.key().length > prefix.length() + 4) {
            return -1;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        return key.startsWith(prefix) && key.substring(prefix.length()).matches("\\d{1,4}")
                ? Integer.parseInt(key.substring(prefix.length()))
                : -1;
    }

    /**
     * Returns the SHA-256 of a file, 64 hexadecimal digits.
     *
     * @throws UncheckedIOException if the file cannot be read
     */
    public static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has SHA-256", e);
        }
    }
}
