package io.lstmstreams.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.runtime.StateAdministration;
import io.lstmstreams.runtime.StateAdministration.Found;
import io.lstmstreams.runtime.StateAdministration.Listed;
import io.lstmstreams.statetopic.SequenceFilter;
import io.lstmstreams.statetopic.StateLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm-streams state get|list|export|import|reset}. */
@Command(
        name = "state",
        mixinStandardHelpOptions = true,
        description = "Shows and changes the states of an application's sequences, by their changelog topic.")
final class StateCommand implements Runnable {
    private static final String CONFIGURATION = "The application's configuration.";
    private static final String SHADOW = "The states of the model that lstm.shadow.model names.";
    private static final String PREFIX = "Only sequences whose ids begin so.";
    private static final String AS_JSON = "As JSON, for programs.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: get, list, export, import or reset.");
    }

    @Command(name = "get", mixinStandardHelpOptions = true, description = "Shows the state of one sequence.")
    int get(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "ID", description = "As results write it: text, or 0x and hexadecimal digits.")
                    String id,
            @Option(names = "--json", description = AS_JSON) boolean json,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        Found found = administration(properties, shadow).get(id);
        out().print(json ? StateDescription.json(found) + System.lineSeparator() : StateDescription.text(found));
        out().flush();
        return 0;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Shows the sequences that have a state, in the order of their ids, and how many they are.")
    int list(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Option(names = "--prefix", paramLabel = "P", description = PREFIX) String prefix,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "How many are shown. Default: ${DEFAULT-VALUE}.")
                    int limit,
            @Option(names = "--json", description = AS_JSON) boolean json,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        if (limit < 0) {
            throw new ParameterException(command("list"), "--limit is 0 or more.");
        }
        Listed listed = administration(properties, shadow).list(filter(prefix), limit);
        if (json) {
            ObjectNode all = new ObjectMapper().createObjectNode().put("count", listed.count());
            all.putArray("sequences")
                    .addAll(listed.first().stream().map(StateLine::header).toList());
            out().println(all);
        } else {
            listed.first().forEach(record -> out().println(StateDescription.line(record)));
            out().printf(
                            "%s%s%n",
                            sequences(listed.count()),
                            listed.first().size() < listed.count()
                                    ? ", of which %,d are shown"
                                            .formatted(listed.first().size())
                                    : "");
        }
        return 0;
    }

    private static Predicate<byte[]> filter(String prefix) {
        return prefix == null ? SequenceFilter.all() : SequenceFilter.prefix(prefix);
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Writes the states to a file, one a line, for import.")
    int export(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "FILE", description = "Where they go; - is standard output.") String file,
            @Option(names = "--prefix", paramLabel = "P", description = PREFIX) String prefix,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        StateAdministration states = administration(properties, shadow);
        long[] count = {0, 0};
        try (LineFile out = LineFile.open(file);
                Progress progress = Progress.onTerminal("states")) {
            states.forEach(filter(prefix), line -> {
                out.write(line.write());
                count[0]++;
                count[1] += line.isUsable() ? 0 : 1;
                progress.advance(1);
            });
        }
        (file.equals(LineFile.STANDARD) ? spec.commandLine().getErr() : out())
                .printf(
                        "exported the states of %s%s%n",
                        sequences(count[0]), count[1] == 0 ? "" : "; unreadable: %,d".formatted(count[1]));
        return 0;
    }

    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Gives sequences the states that export wrote, while the application is stopped.")
    int importFrom(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "FILE", description = "As export wrote it.") Path file,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        try (Progress progress = Progress.onTerminal("states")) {
            long count = administration(properties, shadow).importFrom(file, () -> progress.advance(1));
            out().printf("imported the states of %s%n", sequences(count));
        }
        return 0;
    }

    @Command(
            name = "reset",
            mixinStandardHelpOptions = true,
            description = "Forgets sequences, while the application is stopped: their next events begin anew.")
    int reset(
            @Parameters(index = "0", paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(index = "1..*", paramLabel = "ID", description = "As results write them.") List<String> ids,
            @Option(names = "--prefix", paramLabel = "P", description = PREFIX) String prefix,
            @Option(names = "--all", description = "All sequences.") boolean all,
            @Option(names = "--yes", description = "Without it, --prefix and --all only count.") boolean yes,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        boolean named = ids != null && !ids.isEmpty();
        if ((named ? 1 : 0) + (prefix == null ? 0 : 1) + (all ? 1 : 0) != 1) {
            throw new ParameterException(command("reset"), "Say which sequences: ids, --prefix or --all.");
        }
        StateAdministration states = administration(properties, shadow);
        if (!named && !yes) {
            long count = states.list(filter(prefix), 0).count();
            throw new IllegalArgumentException("--yes is missing, to forget " + sequences(count));
        }
        try (Progress progress = Progress.onTerminal("states")) {
            long count = states.reset(named ? SequenceFilter.ids(ids) : filter(prefix), () -> progress.advance(1));
            if (named && count == 0) {
                throw new IllegalArgumentException("there is no sequence " + String.join(", ", ids));
            }
            out().printf("forgot %s%n", sequences(count));
        }
        return 0;
    }

    private static StateAdministration administration(Path properties, boolean shadow) throws IOException {
        return new StateAdministration(RunCommand.configuration(properties), shadow);
    }

    private static String sequences(long count) {
        return StateDescription.counted(count, "sequence");
    }

    private CommandLine command(String name) {
        return spec.commandLine().getSubcommands().get(name);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
