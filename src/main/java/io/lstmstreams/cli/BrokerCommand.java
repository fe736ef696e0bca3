package io.lstmstreams.cli;

import io.lstmstreams.broker.EmbeddedBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams broker}. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Runs one Kafka broker in this process, for experiments. It listens on 127.0.0.1 only.")
final class BrokerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--port", defaultValue = "9092", paramLabel = "P", description = "Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description = "The folder of the topics. Default: a temporary folder, removed at the end.")
    private @Nullable Path dataDir;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.println("starting a Kafka broker");
        EmbeddedBroker broker =
                dataDir == null ? EmbeddedBroker.startTemporary(port) : EmbeddedBroker.start(port, dataDir);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            out.println("stopping the broker");
                            broker.close();
                        },
                        "shutdown"));
        out.println("broker at " + broker.bootstrapServers() + ", data in " + broker.dataDirectory()
                + (dataDir == null ? " until it stops" : ""));
        new CountDownLatch(1).await(); // until the process is stopped
        return 0;
    }
}
