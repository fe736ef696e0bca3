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

/** The broker, its topics and the folder where all of it lies; gone when it is closed. */
public final class Cluster implements AutoCloseable {
    private static final long PATIENCE = 30_000_000_000L;

    private final Path folder;
    private final int partitions;
    private final EmbeddedBroker broker;
    private final Admin admin;

    /** Starts a broker in a new temporary folder. */
    public Cluster(int partitions) throws IOException {
        this.folder = Files.createTempDirectory("lstm-streams-benchmark");
        this.partitions = partitions;
        // A topic's segments as large as a real broker's; offsets and transactions as the embedded broker has them.
        this.broker = EmbeddedBroker.start(0, folder.resolve("broker"));
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    /** Host and port. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** How many partitions a topic has. */
    public int partitions() {
        return partitions;
    }

    /** Something in the folder. */
    public Path path(String name) {
        return folder.resolve(name);
    }

    /**
     * Makes topics, and waits until every partition answers: Kafka 4.3's producer may wait in vain for a batch that it sent
     * before that, and give it up after two minutes.
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
        long deadline = System.nanoTime() + PATIENCE;
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

    /** Deletes every topic whose name begins so, and the folder of that name. */
    public void delete(String prefix) throws ExecutionException, InterruptedException {
        List<String> topics = admin.listTopics().names().get().stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
        admin.deleteTopics(topics).all().get();
        deleteFolder(path(prefix));
    }

    /** Deletes a folder with all that is in it, if it exists. */
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

    /** Bytes of the files below a folder whose paths, from there, begin and end so. */
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

    /** Where the broker keeps its topics. */
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
