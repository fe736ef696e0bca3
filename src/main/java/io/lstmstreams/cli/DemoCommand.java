package io.lstmstreams.cli;

import io.lstmstreams.demo.Demo;
import io.lstmstreams.demo.DemoOptions;
import io.lstmstreams.demo.EventSource;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Runs a complete demo with nothing installed: a broker, log events of a file system with a few"
                + " faults, and a model that finds them.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Sends the events to the topic named events of this cluster, for an application that runs elsewhere,"
                            + " and runs nothing else.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--seconds",
            defaultValue = "30",
            description = "Duration; 0 for no limit. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rate",
            defaultValue = "5000",
            description = "Events per second; 0 for as many as possible. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--live",
            defaultValue = "500",
            description = "Number of live sequences at a time. Default: ${DEFAULT-VALUE}.")
    private int live;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of the generated events and faults. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Reads the events from a file instead of generating them.")
    private @Nullable Path input;

    @Option(
            names = "--format",
            defaultValue = "sessions",
            description = "Format of the --input file: sessions or jsonl. Default: ${DEFAULT-VALUE}.")
    private FileFormat format;

    @Option(
            names = "--http-port",
            defaultValue = "0",
            description = "Port of the dashboard, on loopback; 0 for any free port. Default: ${DEFAULT-VALUE}.")
    private int httpPort;

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Model file, a path or a URI. Default: the bundled model.")
    private @Nullable String model;

    @Override
    public Integer call() throws Exception {
        atLeast(0, seconds, "--seconds");
        atLeast(0, rate, "--rate");
        atLeast(1, live, "--live");
        atLeast(0, httpPort, "--http-port");
        if (input != null) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(input))) {
                format.check(input.toString(), in);
            }
        }
        // A file is read to its end.
        Duration duration = seconds == 0 || input != null ? DemoOptions.ENDLESS : Duration.ofSeconds(seconds);
        DemoOptions options =
                new DemoOptions(duration, rate, live, seed, input, format == FileFormat.JSONL, httpPort, model);
        if (bootstrapServers == null) {
            Demo demo = new Demo(options, System.out, Terminal.isInteractive() ? Terminal::size : null);
            Runtime.getRuntime().addShutdownHook(new Thread(demo::stop, "shutdown"));
            demo.run();
        } else {
            EventSource source = new EventSource(options, bootstrapServers, System.out);
            Runtime.getRuntime().addShutdownHook(new Thread(source::stop, "shutdown"));
            source.run();
        }
        return 0;
    }

    private void atLeast(int least, int value, String option) {
        if (value < least) {
            throw new ParameterException(
                    spec.commandLine(), option + " must be at least " + least + ", but is " + value);
        }
    }
}
