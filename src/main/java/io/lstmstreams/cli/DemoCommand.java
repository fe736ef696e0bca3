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
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lstm-streams demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Shows it at work with nothing installed: a broker, log events of a file system with a few faults"
                + " among them, and the model that finds them.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Only sends the events, to the topic events of this cluster, for an application that runs there.")
    private String bootstrapServers;

    @Option(
            names = "--seconds",
            defaultValue = "30",
            description = "How long; 0 until it is stopped. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rate",
            defaultValue = "5000",
            description = "Events a second; 0 for as many as this machine can do. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--live",
            defaultValue = "500",
            description = "Sequences that go on at the same time. Default: ${DEFAULT-VALUE}.")
    private int live;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Decides the events and their faults. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--input", paramLabel = "FILE", description = "Takes the events from a file instead.")
    private Path input;

    @Option(
            names = "--format",
            defaultValue = "sessions",
            description = "Of that file: sessions or jsonl. Default: ${DEFAULT-VALUE}.")
    private FileFormat format;

    @Option(
            names = "--http-port",
            defaultValue = "0",
            description = "Where this machine's browser finds the dashboard; 0 for any port that is free."
                    + " Default: ${DEFAULT-VALUE}.")
    private int httpPort;

    @Option(names = "--model", paramLabel = "M", description = "Another model than the bundled one: a path or a URI.")
    private String model;

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
        // A file is shown to its end.
        Duration duration = seconds == 0 || input != null ? DemoOptions.ENDLESS : Duration.ofSeconds(seconds);
        DemoOptions options =
                new DemoOptions(duration, rate, live, seed, input, format == FileFormat.JSONL, httpPort, model);
        if (bootstrapServers == null) {
            Demo demo = new Demo(options, System.out, Terminal.isInteractive());
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
            throw new ParameterException(spec.commandLine(), option + " must be " + least + " or more, not " + value);
        }
    }
}
