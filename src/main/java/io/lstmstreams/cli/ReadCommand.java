package io.lstmstreams.cli;

import io.lstmstreams.client.OutputReader;
import io.lstmstreams.client.OutputRecord;
import io.lstmstreams.client.OutputTopic;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.runtime.Brokers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams read}. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        description = "Reads what an application has written and committed: results, verdicts and dead letters. Prints"
                + " text on a terminal, and otherwise JSON, one record per line.")
final class ReadCommand implements Callable<Integer> {
    private static final long END_TIMEOUT_MS = 1_000;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "app.properties", description = "The application's configuration.")
    private Path properties;

    @Option(names = "--results", description = "Reads results. Without this option and the next two: all records.")
    private boolean results;

    @Option(names = "--verdicts", description = "Reads verdicts.")
    private boolean verdicts;

    @Option(names = "--dead-letters", description = "Reads dead letters.")
    private boolean deadLetters;

    @Option(names = "--follow", description = "Reads new records, until Ctrl-C. Default: those that are there.")
    private boolean follow;

    @Option(names = "--from-beginning", description = "With --follow: reads those that are there first.")
    private boolean fromBeginning;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LstmStreamsConfig config = RunCommand.configuration(properties);
        Brokers.await(config);
        boolean text = Terminal.isInteractive();
        CountDownLatch ended = new CountDownLatch(1);
        try (LineFile out = LineFile.open(LineFile.STANDARD);
                OutputReader reader = new OutputReader(config, topics())) {
            stopOnShutdown(reader, ended);
            if (follow) {
                reader.follow(
                        fromBeginning,
                        record -> write(out, record, text, true),
                        missing -> spec.commandLine()
                                .getErr()
                                .println("waiting for the topics " + String.join(", ", missing)));
            } else {
                reader.readAll(record -> write(out, record, text, false));
            }
            return 0;
        } finally {
            ended.countDown();
        }
    }

    private Set<OutputTopic> topics() {
        Set<OutputTopic> topics = EnumSet.noneOf(OutputTopic.class);
        if (results) {
            topics.add(OutputTopic.RESULTS);
        }
        if (verdicts) {
            topics.add(OutputTopic.VERDICTS);
        }
        if (deadLetters) {
            topics.add(OutputTopic.DEAD_LETTERS);
        }
        return topics.isEmpty() ? EnumSet.allOf(OutputTopic.class) : topics;
    }

    /** Ends the read on Ctrl-C, and lets it write what it has read. */
    private static void stopOnShutdown(OutputReader reader, CountDownLatch ended) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            reader.stop();
                            try {
                                ended.await(END_TIMEOUT_MS, TimeUnit.MILLISECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "shutdown"));
    }

    private static void write(LineFile out, OutputRecord record, boolean text, boolean atOnce) {
        out.write(text ? Terminal.plain(record.text()) : record.json());
        if (atOnce) {
            out.flush();
        }
    }
}
