package io.lstmstreams.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.importer.ModelImporter;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.ScoringRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lstm-streams import}. */
@Command(name = "import", mixinStandardHelpOptions = true, description = "Turns a framework's model file into ours.")
final class ImportCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SOURCE",
            arity = "1..*",
            description = "A model file: PyTorch (.safetensors, .pt), Keras (.keras, .h5), TensorFlow (a checkpoint's"
                    + " .index or prefix, a SavedModel's folder, .npz) or ONNX (.onnx). With weights of Keras alone, the .json of the"
                    + " architecture as well.")
    private List<Path> sources;

    @Option(names = "--output", required = true, paramLabel = "M", description = "Where our .safetensors file goes.")
    private Path output;

    @Option(
            names = "--vocabulary",
            paramLabel = "FILE",
            description = "The names of the events, one a line, in index order.")
    private Path vocabulary;

    @Option(
            names = "--end-symbol",
            paramLabel = "S",
            description =
                    "The name of the end of a sequence: a line of the vocabulary, or else the index after its last.")
    private String endSymbol;

    @Option(
            names = "--scoring",
            paramLabel = "RULE",
            description = "When an event is anomalous: rank-above=9 or probability-below=0.0002.")
    private String scoring;

    @Option(
            names = "--spec",
            paramLabel = "FILE",
            description = "A spec in JSON, whole or in part; its fields win over what is read or inferred.")
    private Path specFile;

    @Override
    public Integer call() throws IOException {
        ObjectNode overrides = specFile == null ? JSON.createObjectNode() : ModelFile.readSpec(specFile);
        if (vocabulary != null) {
            List<String> symbols = symbols();
            overrides.withObject("/input").set("vocabulary", JSON.valueToTree(symbols));
        }
        if (endSymbol != null) {
            overrides.withObject("/input").put("end", endSymbol);
        }
        if (scoring != null) {
            overrides.set("scoring", scoring());
        }
        ModelImporter.Imported imported = ModelImporter.importFrom(model(), overrides, architecture());
        Model model = imported.model();
        ModelFile.save(model, output);
        ModelDescription description = new ModelDescription(model);
        spec.commandLine().getOut().println("wrote " + output + ": " + Terminal.plain(description.oneLine()));
        List<String> notes = new ArrayList<>(imported.notes());
        notes.addAll(notes(model));
        for (String note : notes) {
            spec.commandLine().getOut().println("  " + Terminal.plain(note));
        }
        return 0;
    }

    /** The one source that is no JSON. */
    private Path model() {
        List<Path> models = sources.stream().filter(source -> !isJson(source)).toList();
        if (models.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "Give one model file, and with weights of Keras alone one .json beside it.");
        }
        return models.get(0);
    }

    private Path architecture() {
        List<Path> architectures =
                sources.stream().filter(ImportCommand::isJson).toList();
        if (architectures.size() > 1) {
            throw new ParameterException(spec.commandLine(), "Give one .json with the architecture, not more.");
        }
        return architectures.isEmpty() ? null : architectures.get(0);
    }

    private static boolean isJson(Path source) {
        return source.toString().endsWith(".json");
    }

    private List<String> symbols() throws IOException {
        List<String> symbols = new ArrayList<>();
        try (LineReader in = LineReader.open(vocabulary)) {
            for (String line = line(in); line != null; line = line(in)) {
                symbols.add(line.strip());
            }
        }
        while (!symbols.isEmpty() && symbols.get(symbols.size() - 1).isEmpty()) {
            symbols.remove(symbols.size() - 1);
        }
        return symbols;
    }

    private String line(LineReader in) throws IOException {
        try {
            return in.next();
        } catch (BadEventException e) {
            throw new IllegalArgumentException(vocabulary + " line " + in.number() + ": " + e.getMessage(), e);
        }
    }

    private ObjectNode scoring() {
        String[] rule = scoring.split("=", 2);
        ObjectNode json = JSON.createObjectNode().put("rule", rule[0]);
        try {
            if (rule.length == 2 && rule[0].equals("rank-above")) {
                return json.put("rank", Integer.parseInt(rule[1]));
            }
            if (rule.length == 2 && rule[0].equals("probability-below")) {
                return json.put("probability", Double.parseDouble(rule[1]));
            }
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), "--scoring " + scoring + ": no number after the =");
        }
        throw new ParameterException(
                spec.commandLine(), "--scoring " + scoring + " is neither rank-above=9 nor probability-below=0.0002");
    }

    /** What the user should know was inferred, or is missing. */
    private static List<String> notes(Model model) {
        List<String> notes = new ArrayList<>();
        if (!model.vocabulary().hasSymbols()) {
            notes.add("events have no names: records hold their index; --vocabulary names them");
        }
        if (model.vocabulary().hasSymbols() && !model.vocabulary().hasEnd()) {
            notes.add("the model predicts no end of a sequence; --end-symbol names the index that does");
        }
        if (model.network().heads().isEmpty()) {
            notes.add("the model has no head: lstm.output.include=state shows what it gives");
        } else if (!model.network().predictsEvents()) {
            notes.add(
                    "the head does not predict the next event: results have no score, lstm.output.include=output shows what it gives");
        } else if (model.network().scoring() instanceof ScoringRule.None) {
            notes.add("no scoring rule: nothing will be called anomalous; --scoring sets one");
        }
        return notes;
    }
}
