package io.lstmstreams.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.runtime.StateAdministration;
import io.lstmstreams.runtime.StateAdministration.Found;
import io.lstmstreams.runtime.StateAdministration.Listed;
import io.lstmstreams.statetopic.SequenceFilter;
import io.lstmstreams.statetopic.StateLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands {@code lstm-streams state get|list|export|import|reset}. */
@Command(
        name = "state",
        mixinStandardHelpOptions = true,
        description = "Shows and changes the states of an application's sequences through their changelog topic.")
final class StateCommand implements Runnable {
    private static final String CONFIGURATION = "The application's configuration.";
    private static final String SHADOW = "Uses the states of the shadow model, lstm.shadow.model.";
    private static final String PREFIX = "Selects the sequences whose ids begin with P.";
    private static final String AS_JSON = "Prints JSON.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: get, list, export, import or reset.");
    }

    @Command(name = "get", mixinStandardHelpOptions = true, description = "Shows the state of one sequence.")
    int get(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "ID", description = "The id as in results: text, or 0x and hexadecimal digits.")
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
            description = "Lists the sequences that have a state, in the order of their ids, and their number.")
    int list(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Option(names = "--prefix", paramLabel = "P", description = PREFIX) @Nullable String prefix,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The maximum number of sequences to list. Default: ${DEFAULT-VALUE}.")
                    int limit,
            @Option(names = "--json", description = AS_JSON) boolean json,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        if (limit < 0) {
            throw new ParameterException(command("list"), "--limit must be at least 0.");
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

    private static Predicate<byte[]> filter(@Nullable String prefix) {
        return prefix == null ? SequenceFilter.all() : SequenceFilter.prefix(prefix);
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Writes the states to a file, one per line, for import.")
    int export(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "FILE", description = "The file to write; - is standard output.") String file,
            @Option(names = "--prefix", paramLabel = "P", description = PREFIX) @Nullable String prefix,
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
            description = "Imports the states of an exported file. The application must be stopped.")
    int importFrom(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "FILE", description = "The exported file.") Path file,
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
            description =
                    "Deletes the states of sequences, which then restart with their next events. The application must be stopped.")
    int reset(
            @Parameters(index = "0", paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(index = "1..*", paramLabel = "ID", description = "The ids as in results.") @Nullable
                    List<String> ids,
            @Option(names = "--prefix", paramLabel = "P", description = PREFIX) @Nullable String prefix,
            @Option(names = "--all", description = "Selects all sequences.") boolean all,
            @Option(names = "--yes", description = "Confirms --prefix or --all, which otherwise only count.")
                    boolean yes,
            @Option(names = "--shadow", description = SHADOW) boolean shadow)
            throws IOException {
        List<String> sequences = Objects.requireNonNullElse(ids, List.of());
        boolean named = !sequences.isEmpty();
        if ((named ? 1 : 0) + (prefix == null ? 0 : 1) + (all ? 1 : 0) != 1) {
            throw new ParameterException(command("reset"), "Select the sequences: by ids, --prefix or --all.");
        }
        StateAdministration states = administration(properties, shadow);
        if (!named && !yes) {
            long count = states.list(filter(prefix), 0).count();
            throw new IllegalArgumentException("--yes is required to delete the states of " + sequences(count));
        }
        try (Progress progress = Progress.onTerminal("states")) {
            long count =
                    states.reset(named ? SequenceFilter.ids(sequences) : filter(prefix), () -> progress.advance(1));
            if (named && count == 0) {
                throw new IllegalArgumentException("there is no sequence " + String.join(", ", sequences));
            }
            out().printf("deleted the states of %s%n", sequences(count));
        }
        return 0;
    }

    private static StateAdministration administration(Path properties, boolean shadow) throws IOException {
        return new StateAdministration(RunCommand.configuration(properties), shadow);
    }

    private static String sequences(long count) {
        return Readable.count(count, "sequence");
    }

    private CommandLine command(String name) {
        return Objects.requireNonNull(spec.commandLine().getSubcommands().get(name));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
