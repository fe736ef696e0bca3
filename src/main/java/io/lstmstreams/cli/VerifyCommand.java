package io.lstmstreams.cli;

import io.lstmstreams.importer.verify.Verification;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Compares a model, step by step, with inputs and outputs that its framework wrote.")
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The model file that import wrote.")
    private Path model;

    @Parameters(
            paramLabel = "EXPECTED",
            description = "The framework's numbers: .npz or .safetensors with arrays x and y, or .jsonl.")
    private Path expected;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            defaultValue = Verification.DEFAULT_TOLERANCE,
            description = "The greatest difference, relative to the larger of 1 and the expected value. Default:"
                    + " ${DEFAULT-VALUE}")
    private double tolerance;

    @Override
    public Integer call() {
        return report(spec, Verification.verify(model, expected, tolerance));
    }

    /** Prints a report and returns the exit code. */
    static int report(CommandSpec spec, Verification.Report report) {
        report.lines().forEach(line -> spec.commandLine().getOut().println(Terminal.plain(line)));
        spec.commandLine().getOut().flush();
        return report.passed() ? 0 : Main.FAILED;
    }
}
