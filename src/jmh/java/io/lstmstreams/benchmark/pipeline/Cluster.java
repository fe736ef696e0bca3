package io.lstmstreams.benchmark.pipeline;

import io.lstmstreams.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A broker, its topics and the folder that holds their files. Closing it deletes the folder. */
public final class Cluster implements AutoCloseable {
    private static final long TIMEOUT_NANOS = 30_000_000_000L;

    private final Path folder;
    private final int partitions;
    private final EmbeddedBroker broker;
    private final Admin admin;

    /** Starts a broker in a new temporary folder. */
    public Cluster(int partitions) throws IOException {
        this.folder = Files.createTempDirectory("lstm-streams-benchmark");
        this.partitions = partitions;
        // A topic's segments are as large as a real broker's; offsets and transactions keep the embedded broker's.
        this.broker = EmbeddedBroker.start(0, folder.resolve("broker"));
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    /** Returns host and port. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** Returns the number of partitions of each topic. */
    public int partitions() {
        return partitions;
    }

    /** Returns the path of a file in the folder. */
    public Path path(String name) {
        return folder.resolve(name);
    }

    /**
     * Creates topics, and waits until every partition answers: a batch that Kafka 4.3's producer sends earlier may stay
     * unanswered until it times out after two minutes.
     */
    public void createTopics(String... names) throws ExecutionException, InterruptedException {
        admin.createTopics(Arrays.stream(names)
                        .map(name -> new NewTopic(name, partitions, (short) 1))
                        .toList())
                .all()
                .get();
        Map<TopicPartition, OffsetSpec> offsets = new HashMap<>();
        for (String name : names) {
            IntStream.range(0, partitions)
                    .forEach(partition -> offsets.put(new TopicPartition(name, partition), OffsetSpec.latest()));
        }
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!answers(offsets)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the topics are not there after half a minute: " + List.of(names));
            }
        }
    }

    private boolean answers(Map<TopicPartition, OffsetSpec> offsets) throws ExecutionException, InterruptedException {
        try {
            admin.listOffsets(offsets).all().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    /** Deletes every topic whose name has a prefix, and the folder with that name. */
    public void delete(String prefix) throws ExecutionException, InterruptedException {
        List<String> topics = admin.listTopics().names().get().stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
        admin.deleteTopics(topics).all().get();
        deleteFolder(path(prefix));
    }

    /** Deletes a folder and its contents, if it exists. */
    public static void deleteFolder(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the bytes of the files below a folder whose relative paths have a prefix and a suffix. */
    public static long bytes(Path root, String prefix, String suffix) {
        try (Stream<Path> paths = Files.walk(root)) {
            long sum = 0;
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(path).toString();
                if (name.startsWith(prefix) && name.endsWith(suffix)) {
                    sum += Files.size(path);
                }
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the folder of the broker's topics. */
    public Path brokerFolder() {
        return broker.dataDirectory();
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
        deleteFolder(folder);
    }
}
