package io.lstmstreams.cli;

import io.lstmstreams.runtime.Failures;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The entry point: runs a command, and reports a failure as one line and an exit code. */
@Command(
        name = "lstm-streams",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Recurrent networks on Kafka topics: one state per sequence, one step per record, exactly once.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Failed, with the reason in one line.",
            "2:Wrong usage.",
            "3:Java's memory is exhausted.",
            "130:Interrupted (Ctrl-C).",
            "143:Terminated (SIGTERM)."
        },
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            SendCommand.class,
            ReadCommand.class,
            ReplayCommand.class,
            ImportCommand.class,
            VerifyCommand.class,
            DescribeCommand.class,
            ModelCommand.class,
            StateCommand.class,
            BrokerCommand.class
        })
public final class Main implements Runnable {
    static final int FAILED = 1;
    private static final String LOG_LEVEL = "lstm.log";
    private static final String KAFKA_LOG_LEVEL = "lstm.log.kafka";

    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the whole stack trace of a failure.")
    private boolean verbose;

    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        quietUnlessLongRunning(args);
        System.exit(execute(args));
    }

    /** Limits the log of commands that print and exit to warnings. config/log4j2.xml reads the properties. */
    private static void quietUnlessLongRunning(String[] args) {
        boolean longRunning = Arrays.asList(args).contains("run");
        if (!longRunning && System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "WARN");
            System.setProperty(KAFKA_LOG_LEVEL, "ERROR");
        }
    }

    static int execute(String... args) {
        return commands()
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args);
    }

    /** Returns the command line with all commands. */
    static CommandLine commands() {
        Main main = new Main();
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(main::failed);
    }

    private int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (verbose) {
            failure.printStackTrace(command.getErr());
        } else {
            command.getErr().println("lstm-streams: " + Failures.oneLine(failure));
        }
        return FAILED;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command.");
    }
}
