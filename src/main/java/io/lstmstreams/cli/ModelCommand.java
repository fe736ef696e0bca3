package io.lstmstreams.cli;

import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.modeltopic.Manifest;
import io.lstmstreams.runtime.ModelAdministration;
import io.lstmstreams.runtime.ModelAdministration.Published;
import io.lstmstreams.runtime.ModelAdministration.Replacement;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands {@code lstm-streams model publish|list|rollback}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Changes the model of running applications through the topic lstm.model.topic.")
final class ModelCommand implements Runnable {
    private static final String CONFIGURATION = "The application's configuration.";
    private static final String NAME = "The model's name. Default: lstm.model.name.";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: publish, list or rollback.");
    }

    @Command(
            name = "publish",
            mixinStandardHelpOptions = true,
            description = "Publishes a model and makes it active: it processes all sequences that start from now on.")
    int publish(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Parameters(paramLabel = "MODEL", description = "The model file: a path or a URI.") String model,
            @Option(names = "--name", paramLabel = "N", description = NAME) @Nullable String name,
            @Option(
                            names = "--uri",
                            paramLabel = "URI",
                            description = "The URI from which instances fetch the file instead of from the topic; see"
                                    + " lstm.model.topic.uris.")
                    @Nullable
                    String uri,
            @Option(names = "--force", description = "Publishes the model although something would be lost.")
                    boolean force)
            throws IOException {
        ModelAdministration administration = administration(properties);
        Replacement change = administration.compare(name, model);
        print(change);
        if (!change.losses().isEmpty() && !force) {
            throw new IllegalArgumentException("nothing was published, because "
                    + String.join("; and ", change.losses()) + ". --force publishes the model all the same");
        }
        Manifest published = administration.publish(name, model, uri);
        out().printf(
                        "published %s as %s: %,d bytes, fingerprint %s%n",
                        published.id(),
                        published.name(),
                        published.bytes(),
                        published.fingerprint().substring(0, 16));
        return 0;
    }

    private void print(Replacement change) {
        Model active = change.active();
        if (change.unreadable() != null) {
            out().println("the active model " + change.activeName() + " cannot be read, and so not be compared: "
                    + change.unreadable());
        } else if (active != null) {
            out().println("compared with the active model, " + change.activeName() + ":");
            ModelDifferences.lines(change.model(), active).forEach(line -> out().println("  " + line));
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the published models of each name, newest first; * marks the active one.")
    int list(@Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties)
            throws IOException {
        List<Published> all = administration(properties).list();
        for (Published one : all) {
            Manifest manifest = one.manifest();
            out().printf(
                            "%s %s  %s  %,d bytes  %s  fingerprint %s%s%n",
                            one.active() ? "*" : " ",
                            manifest.name(),
                            manifest.id(),
                            manifest.bytes(),
                            Instant.ofEpochMilli(manifest.published()).truncatedTo(ChronoUnit.SECONDS),
                            manifest.fingerprint().substring(0, 16),
                            manifest.uri() == null ? "" : "  " + ModelFile.shown(manifest.uri()));
        }
        if (all.isEmpty()) {
            out().println("no model was published");
        }
        return 0;
    }

    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description =
                    "Makes an earlier model active again: one that was published, or lstm.model, which was active before"
                            + " all of them.")
    int rollback(
            @Parameters(paramLabel = "app.properties", description = CONFIGURATION) Path properties,
            @Option(names = "--name", paramLabel = "N", description = NAME) @Nullable String name,
            @Option(
                            names = "--to",
                            paramLabel = "ID",
                            description =
                                    "The model's id as list shows it, or lstm.model. Default: the model before the active one.")
                    @Nullable
                    String to)
            throws IOException {
        Manifest active = administration(properties).rollback(name, to);
        out().printf("%s is the active model %s again%n", active.id(), active.name());
        return 0;
    }

    private static ModelAdministration administration(Path properties) throws IOException {
        return new ModelAdministration(RunCommand.configuration(properties));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
