package io.lstmstreams.broker;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka node, broker and controller in one, inside this process. It listens on 127.0.0.1 only. It stores its topics
 * in a directory, and a broker that is started with the same directory has them again.
 *
 * <p>A broker that loses its disk while it runs ends the process, as Kafka's own broker does.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final int NODE_ID = 1;

    private final KafkaRaftServer server;
    private final DataDirectory directory;
    private final String bootstrapServers;

    private EmbeddedBroker(KafkaRaftServer server, DataDirectory directory, String bootstrapServers) {
        this.server = server;
        this.directory = directory;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker and returns when it serves clients.
     *
     * @param port the port for clients, or 0 for a free port
     * @param dataDir the directory of the topics, created and formatted if necessary
     * @throws BrokerException if the broker cannot start; nothing is left running then
     */
    public static EmbeddedBroker start(int port, Path dataDir) {
        return start(port, dataDir, Map.of());
    }

    /**
     * Starts a broker with further settings of Kafka, which override the settings of this class.
     *
     * @throws BrokerException if the broker cannot start; nothing is left running then
     */
    public static EmbeddedBroker start(int port, Path dataDir, Map<String, ?> settings) {
        return start(port, () -> DataDirectory.open(dataDir), settings);
    }

    /**
     * Starts a broker in a temporary directory, which is removed when the broker is closed or cannot start.
     *
     * @throws BrokerException if the broker cannot start; nothing is left running then
     */
    public static EmbeddedBroker startTemporary(int port) {
        return start(port, DataDirectory::temporary, Map.of());
    }

    // Synchronized, because Kafka's exit procedures are static.
    private static synchronized EmbeddedBroker start(
            int port, Supplier<DataDirectory> opening, Map<String, ?> settings) {
        int clientPort = LoopbackPort.free(port);
        DataDirectory directory = opening.get();
        @Nullable KafkaRaftServer server = null;
        // Kafka's server ends the process when it fails. While it starts, the caller must get an exception instead.
        Exit.setExitProcedure(EmbeddedBroker::fail);
        Exit.setHaltProcedure(EmbeddedBroker::fail);
        try {
            format(directory);
            server = new KafkaRaftServer(
                    config(clientPort, LoopbackPort.free(0), directory.path(), settings), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, directory, LoopbackPort.HOST + ":" + clientPort);
        } catch (Exception e) {
            stop(server, directory, e);
            throw new BrokerException(
                    "the broker on port " + clientPort + " with data in " + directory.path() + " did not start: "
                            + reason(e),
                    e);
        } finally {
            Exit.resetExitProcedure();
            Exit.resetHaltProcedure();
        }
    }

    /** Returns host and port, for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns the directory of the topics. */
    public Path dataDirectory() {
        return directory.path();
    }

    /** Stops the broker and waits until it has stopped. Its data remain, unless the directory is temporary. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        directory.close();
    }

    private static void format(DataDirectory directory) throws Exception {
        if (!directory.isFormatted()) {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(directory.path().toString())
                    .addDirectory(directory.path().toString())
                    .run();
        }
    }

    private static KafkaConfig config(int clientPort, int controllerPort, Path directory, Map<String, ?> settings) {
        String clients = "CLIENTS://" + LoopbackPort.HOST + ":" + clientPort;
        String controller = LoopbackPort.HOST + ":" + controllerPort;
        Map<String, Object> all = new HashMap<>(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", NODE_ID),
                Map.entry("log.dirs", directory.toString()),
                Map.entry("listeners", clients + ",CONTROLLER://" + controller),
                Map.entry("advertised.listeners", clients),
                Map.entry("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "CLIENTS"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.voters", NODE_ID + "@" + controller),
                Map.entry("auto.create.topics.enable", true),
                Map.entry("num.partitions", 4),
                // Kafka's internal topics: one node can have only one replica, and has few clients.
                Map.entry("offsets.topic.replication.factor", (short) 1),
                Map.entry("offsets.topic.num.partitions", 4),
                Map.entry("transaction.state.log.replication.factor", (short) 1),
                Map.entry("transaction.state.log.min.isr", 1),
                Map.entry("transaction.state.log.num.partitions", 4),
                Map.entry("share.coordinator.state.topic.replication.factor", (short) 1),
                Map.entry("share.coordinator.state.topic.min.isr", (short) 1),
                Map.entry("share.coordinator.state.topic.num.partitions", 4),
                // Retention is measured by record timestamps: old events would be deleted within minutes.
                Map.entry("log.retention.ms", -1L),
                // A killed broker counts as alive for this long, and cannot register again until then.
                Map.entry("broker.session.timeout.ms", 3_000),
                Map.entry("broker.heartbeat.interval.ms", 500),
                // No further members are expected in a consumer group, so there is no need to wait.
                Map.entry("group.initial.rebalance.delay.ms", 0),
                // The default takes 128 MB of heap.
                Map.entry("log.cleaner.dedupe.buffer.size", 4L * 1024 * 1024)));
        all.putAll(settings);
        return new KafkaConfig(all);
    }

    private static void stop(@Nullable KafkaRaftServer server, DataDirectory directory, Exception reason) {
        try (directory) {
            if (server != null) {
                server.shutdown();
            }
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private static void fail(int status, String message) {
        throw new IllegalStateException(
                message != null ? message : "Kafka's server failed with status " + status + ": see its log");
    }

    /** Returns the first line of the innermost message, which states Kafka's reason. */
    private static String reason(Throwable e) {
        String reason = e.toString();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                reason = cause.getMessage();
            }
        }
        return reason.lines().findFirst().orElse("");
    }
}
