package io.lstmstreams.cli;

import io.lstmstreams.modelfile.ModelFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams describe}. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description =
                "Describes a model: its gates and the size of every vector and matrix, vocabulary, scoring, fingerprint.")
final class DescribeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "M", description = "The model file: a path or a URI.")
    private String model;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() {
        ModelDescription description = new ModelDescription(ModelFile.load(model));
        if (json) {
            spec.commandLine().getOut().print(description.json());
        } else {
            description
                    .text()
                    .lines()
                    .map(Terminal::plain)
                    .forEach(spec.commandLine().getOut()::println);
        }
        spec.commandLine().getOut().flush();
        return 0;
    }
}
