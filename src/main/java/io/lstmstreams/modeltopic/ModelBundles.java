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
 * Model files of a models topic: from its chunks, or from a URI, always held against their SHA-256 before anybody reads them.
 * Safe for any number of threads.
 */
public final class ModelBundles {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> settings;
    private final TopicPartition partition;
    private final List<String> uris;

    /**
     * The files of a topic.
     *
     * @param settings of a consumer without a group
     * @param uris what a URI may begin with
     */
    public ModelBundles(Map<String, Object> settings, String topic, List<String> uris) {
        this.settings = settings;
        this.partition = new TopicPartition(topic, 0);
        this.uris = uris;
    }

    /**
     * Fetches and reads a model.
     *
     * @param firstChunk the offset from which its chunks are looked for first
     * @throws ModelTopicException if its file is not to be had, is another one than the manifest says, or holds no usable
     *     model
     */
    public Model load(Manifest manifest, long firstChunk) {
        try (TemporaryModelFile file = TemporaryModelFile.create()) {
            return load(manifest, firstChunk, file.path());
        } catch (IOException e) {
            throw ModelTopicException.passing("its file cannot be kept here: " + e, e);
        }
    }

    private Model load(Manifest manifest, long firstChunk, Path file) throws IOException {
        try {
            fetch(manifest, firstChunk, file);
            String found = sha256(file);
            if (!found.equals(manifest.sha256())) {
                throw ModelTopicException.lasting(
                        "its file has the SHA-256 " + found.substring(0, 16) + "..., another one than was published");
            }
            return ModelFile.load(file);
        } catch (ModelFileException e) {
            String reason = e.getMessage().replace(file.toString(), "its file");
            throw e instanceof ModelFileException.Inaccessible
                    ? ModelTopicException.passing(reason, e)
                    : ModelTopicException.lasting(reason);
        }
    }

    private void fetch(Manifest manifest, long firstChunk, Path file) throws IOException {
        if (manifest.uri() != null) {
            if (uris.stream().noneMatch(manifest.uri()::startsWith)) {
                throw ModelTopicException.lasting(
                        "its URI begins with none of those in lstm.model.topic.uris (" + String.join(", ", uris) + ")");
            }
            ModelFile.fetch(manifest.uri(), file, manifest.bytes());
            return;
        }
        if (!fetchChunks(manifest, firstChunk, file) && !(firstChunk > 0 && fetchChunks(manifest, 0, file))) {
            throw ModelTopicException.lasting("the topic does not have all chunks of its file");
        }
    }

    /** @return whether all of them were there */
    private boolean fetchChunks(Manifest manifest, long from, Path file) throws IOException {
        int chunks = (int) ((manifest.bytes() + ModelTopicIndex.CHUNK_BYTES - 1) / ModelTopicIndex.CHUNK_BYTES);
        String prefix = "chunk/" + manifest.sha256() + "/";
        BitSet there = new BitSet(chunks);
        try (KafkaConsumer<byte[], byte[]> consumer = ModelTopic.consumer(settings, partition);
                FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
            consumer.seek(partition, Math.max(begin, from));
            while (there.cardinality() < chunks && consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    int number = number(record, prefix);
                    if (number >= 0 && number < chunks && record.value() != null && fits(record, number, manifest)) {
                        out.write(ByteBuffer.wrap(record.value()), (long) number * ModelTopicIndex.CHUNK_BYTES);
                        there.set(number);
                    }
                }
            }
        }
        return there.cardinality() == chunks;
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
     * The SHA-256 of a file, 64 hexadecimal digits.
     *
     * @throws UncheckedIOException if it cannot be read
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
