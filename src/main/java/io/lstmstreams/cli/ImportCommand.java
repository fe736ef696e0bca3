package io.lstmstreams.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.importer.ModelImporter;
import io.lstmstreams.importer.verify.Verification;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.EmbeddingLayer;
import io.lstmstreams.recurrent.ScoringRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Converts a framework's model file to an lstm-streams model file.")
final class ImportCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SOURCE",
            arity = "1..*",
            description = "A model file: PyTorch (.safetensors, .pt), Keras (.keras, .h5), TensorFlow (a checkpoint's"
                    + " .index or prefix, a SavedModel's folder, .npz) or ONNX (.onnx). For a Keras file of weights only,"
                    + " also the .json of the architecture.")
    private List<Path> sources;

    @Option(names = "--output", required = true, paramLabel = "M", description = "The .safetensors file to write.")
    private Path output;

    @Option(
            names = "--vocabulary",
            paramLabel = "FILE",
            description = "The names of the events, one per line, in index order.")
    private @Nullable Path vocabulary;

    @Option(
            names = "--end-symbol",
            paramLabel = "S",
            description = "The end symbol: a line of the vocabulary, or a name for the index after the last line.")
    private @Nullable String endSymbol;

    @Option(
            names = "--scoring",
            paramLabel = "RULE",
            description = "The scoring rule: rank-above=9 or probability-below=0.0002.")
    private @Nullable String scoring;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The model's name in results and metrics. Default: the file's name.")
    private @Nullable String name;

    @Option(
            names = "--spec",
            paramLabel = "SPEC",
            description = "A whole or partial spec: JSON, or a file of JSON. Its fields override those that are read or"
                    + " inferred.")
    private @Nullable String userSpec;

    @Option(
            names = "--verify",
            paramLabel = "EXPECTED",
            description = "Compare the model with the framework's numbers, as lstm-streams verify does.")
    private @Nullable Path expected;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            defaultValue = Verification.DEFAULT_TOLERANCE,
            description = "The greatest difference for --verify. Default: ${DEFAULT-VALUE}")
    private double tolerance;

    @Option(
            names = "--strict",
            description = "Refuse a model if a setting is stated neither by the file nor by --spec.")
    private boolean strict;

    @Override
    public Integer call() throws IOException {
        ObjectNode overrides = userSpec == null ? JSON.createObjectNode() : userSpec(userSpec);
        if (name != null) {
            overrides.put("name", name);
        }
        if (vocabulary != null) {
            List<String> symbols = symbols(vocabulary);
            overrides.withObject("/input").set("vocabulary", JSON.valueToTree(symbols));
        }
        if (endSymbol != null) {
            overrides.withObject("/input").put("end", endSymbol);
        }
        if (scoring != null) {
            overrides.set("scoring", scoringRule(scoring));
        }
        ModelImporter.Imported imported = ModelImporter.importFrom(model(), overrides, architecture());
        Model model = imported.model();
        if (strict) {
            imported.settings().requireStated(model().toString());
        }
        ModelFile.save(model, output);
        ModelDescription description = new ModelDescription(model);
        spec.commandLine().getOut().println("wrote " + output + ": " + Terminal.plain(description.oneLine()));
        List<String> notes = new ArrayList<>(imported.settings().lines(options(overrides)));
        notes.addAll(imported.notes());
        notes.addAll(notes(model));
        for (String note : notes) {
            spec.commandLine().getOut().println("  " + Terminal.plain(note));
        }
        return expected == null ? 0 : VerifyCommand.report(spec, Verification.verify(output, expected, tolerance));
    }

    private static ObjectNode userSpec(String text) {
        return text.stripLeading().startsWith("{")
                ? ModelFile.parseSpec(text, "--spec")
                : ModelFile.readSpec(Path.of(text));
    }

    /** Returns the option by the setting that it stated. */
    private Map<String, String> options(ObjectNode stated) {
        Map<String, String> options = new HashMap<>();
        putIfGiven(options, name, "name", "--name");
        putIfGiven(options, vocabulary, "input.vocabulary", "--vocabulary");
        putIfGiven(options, endSymbol, "input.end", "--end-symbol");
        putIfGiven(options, scoring, "scoring", "--scoring");
        if (stated.at("/input/encoding").isMissingNode() && !options.isEmpty()) {
            options.put("input.encoding", options.getOrDefault("input.vocabulary", "--scoring"));
        }
        return options;
    }

    private static void putIfGiven(Map<String, String> options, @Nullable Object value, String setting, String option) {
        if (value != null) {
            options.put(setting, option);
        }
    }

    /** Returns the one source that is not a JSON file. */
    private Path model() {
        List<Path> models = sources.stream().filter(source -> !isJson(source)).toList();
        if (models.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "SOURCE must be one model file, and one .json for a Keras file of weights only.");
        }
        return models.get(0);
    }

    private @Nullable Path architecture() {
        List<Path> architectures =
                sources.stream().filter(ImportCommand::isJson).toList();
        if (architectures.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "SOURCE must have at most one .json with the architecture.");
        }
        return architectures.isEmpty() ? null : architectures.get(0);
    }

    private static boolean isJson(Path source) {
        return source.toString().endsWith(".json");
    }

    private static List<String> symbols(Path file) throws IOException {
        List<String> symbols = new ArrayList<>();
        try (LineReader in = LineReader.open(file)) {
            for (String line = line(file, in); line != null; line = line(file, in)) {
                symbols.add(withoutMark(line).strip());
            }
        }
        while (!symbols.isEmpty() && symbols.get(symbols.size() - 1).isEmpty()) {
            symbols.remove(symbols.size() - 1);
        }
        int empty = symbols.indexOf("");
        if (empty >= 0) {
            throw new IllegalArgumentException(file + " line " + (empty + 1)
                    + ": is empty, but each line of a vocabulary names an event; delete the line, or name the event");
        }
        return symbols;
    }

    /** Removes the byte order mark that some editors write at the start of a file. */
    private static String withoutMark(String line) {
        return line.startsWith("\ufeff") ? line.substring(1) : line;
    }

    private static @Nullable String line(Path file, LineReader in) throws IOException {
        try {
            return in.next();
        } catch (BadEventException e) {
            throw new IllegalArgumentException(file + " line " + in.number() + ": " + e.getMessage(), e);
        }
    }

    private ObjectNode scoringRule(String text) {
        String[] rule = text.split("=", 2);
        ObjectNode json = JSON.createObjectNode().put("rule", rule[0]);
        try {
            if (rule.length == 2 && rule[0].equals("rank-above")) {
                return json.put("rank", Integer.parseInt(rule[1]));
            }
            if (rule.length == 2 && rule[0].equals("probability-below")) {
                return json.put("probability", Double.parseDouble(rule[1]));
            }
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    spec.commandLine(), "--scoring must have a number after the =, but is " + text);
        }
        throw new ParameterException(
                spec.commandLine(), "--scoring must be like rank-above=9 or probability-below=0.0002, but is " + text);
    }

    /** Returns notes on settings that are missing. */
    private static List<String> notes(Model model) {
        List<String> notes = new ArrayList<>();
        if (!model.vocabulary().hasSymbols()) {
            notes.add("events have no names, so records must contain the index: --vocabulary sets names");
        }
        if (model.vocabulary().hasSymbols()
                && model.vocabulary().symbols().get(0).matches("(?i)\\W?pad(ding)?\\W?")
                && !(model.network().layers().get(0) instanceof EmbeddingLayer)) {
            notes.add("the vocabulary begins with "
                    + model.vocabulary().symbols().get(0)
                    + ", so that every other event is one number higher; delete this line unless the model was trained"
                    + " with it");
        }
        if (model.vocabulary().hasSymbols() && !model.vocabulary().hasEnd()) {
            notes.add(
                    "the model does not predict the end of a sequence: --end-symbol sets the index that represents it");
        }
        if (model.network().heads().isEmpty()) {
            notes.add("the model has no head: lstm.output.include=state adds its state to results");
        } else if (!model.network().predictsEvents()) {
            notes.add(
                    "the head does not predict the next event, so results have no score: lstm.output.include=output adds its output");
        } else if (model.network().scoring() instanceof ScoringRule.None) {
            notes.add("there is no scoring rule, so nothing is anomalous: --scoring sets one");
        }
        return notes;
    }
}
