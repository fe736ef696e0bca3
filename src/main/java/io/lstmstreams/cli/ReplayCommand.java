package io.lstmstreams.cli;

import io.lstmstreams.config.OutputConfig;
import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.Readable;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.replay.Anomaly;
import io.lstmstreams.replay.FirstAnomalies;
import io.lstmstreams.replay.Replay;
import io.lstmstreams.replay.Summary;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code lstm-streams replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Scores a file of sequences without Kafka, with the same results as the stream.")
final class ReplayCommand implements Callable<Integer> {
    private static final int SHOWN = 10; // anomalous sequences

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "M", description = "The model file: a path or a URI.")
    private String model;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "F",
            description = "The file of sequences; - is standard input.")
    private String input;

    @Option(names = "--format", defaultValue = "sessions", description = FileFormat.DESCRIPTION)
    private FileFormat format;

    @Option(
            names = "--kernel",
            defaultValue = "auto",
            paramLabel = "K",
            description = "auto, vector, portable, scalar or ojalgo. Default: ${DEFAULT-VALUE}.")
    private String kernel;

    @Option(
            names = "--kernel-weights",
            defaultValue = "float32",
            paramLabel = "W",
            description = "float32, or bfloat16 to see the effect of lstm.kernel.weights=bfloat16."
                    + " Default: ${DEFAULT-VALUE}.")
    private String kernelWeights;

    @Option(
            names = "--steps",
            paramLabel = "OUT",
            description = "The file of results, one per line; - is standard output.")
    private @Nullable String steps;

    @Option(
            names = "--verdicts",
            paramLabel = "OUT",
            description = "The file of verdicts, one per line; - is standard output.")
    private @Nullable String verdicts;

    @Option(
            names = "--include",
            split = ",",
            paramLabel = "WHAT",
            description = "What a result contains in addition to score and next events: probabilities, logits, output,"
                    + " state, gates.")
    private List<String> include = List.of();

    @Override
    public Integer call() throws IOException {
        Kernel chosen = usage(() -> Kernels.named(kernel, kernelWeights));
        Set<Include> included = usage(() -> Include.parse(include));
        Model loaded = ModelFile.load(model);
        OutputJson json = new OutputJson(loaded.vocabulary());
        boolean sameFile = steps != null && steps.equals(verdicts); // results and verdicts in their common order
        try (LineFile stepsFile = LineFile.openIfNamed(steps);
                LineFile otherFile = LineFile.openIfNamed(sameFile ? null : verdicts);
                InputStream in = format.open(input);
                Progress progress = Progress.onTerminal("events")) {
            LineFile verdictsFile = sameFile ? stepsFile : otherFile;
            FirstAnomalies first = new FirstAnomalies(steps == null && verdicts == null ? SHOWN : 0);
            Replay replay = new Replay(loaded, chosen, OutputConfig.TOP_K_DEFAULT, included, output -> {
                LineFile file = output instanceof Prediction ? stepsFile : verdictsFile;
                if (file != null) {
                    file.write(json.write(output));
                }
                first.accept(output);
                progress.advance(output instanceof Prediction ? 1 : 0);
            });
            LineReader lines = new LineReader(in);
            Summary summary = format == FileFormat.SESSIONS ? replay.sessions(lines) : replay.jsonLines(lines);
            print(first.anomalies());
            print(summary, loaded);
            return summary.steps() == 0 && summary.refused() > 0 ? Main.FAILED : 0;
        }
    }

    /** Turns an unknown name in an option into a usage error. */
    private <T> T usage(Supplier<T> named) {
        try {
            return named.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void print(List<Anomaly> anomalies) {
        PrintWriter out = spec.commandLine().getOut();
        if (!anomalies.isEmpty()) {
            out.println("the first anomaly of "
                    + (anomalies.size() < SHOWN ? "each anomalous sequence:" : SHOWN + " anomalous sequences:"));
        }
        for (Anomaly anomaly : anomalies) {
            String event = anomaly.event() == null
                    ? "the sequence ends, probability "
                    : Terminal.plain(anomaly.event()) + ", rank " + anomaly.rank() + ", probability ";
            Next expected = anomaly.expected();
            out.println("  sequence " + anomaly.sequence() + ", step " + anomaly.step() + ": " + event
                    + Readable.probability(anomaly.probability())
                    + (expected == null
                            ? ""
                            : "; expected " + Terminal.plain(expected.event()) + ", probability "
                                    + Readable.probability(expected.probability())));
        }
    }

    private void print(Summary summary, Model loaded) {
        boolean piped = LineFile.STANDARD.equals(steps) || LineFile.STANDARD.equals(verdicts);
        PrintWriter err = spec.commandLine().getErr();
        (piped ? err : spec.commandLine().getOut())
                .println(Readable.count(summary.steps(), "event")
                        + " in " + Readable.count(summary.sequences(), "sequence")
                        + judgement(summary, loaded.network())
                        + (summary.live() == 0 ? "" : "; %,d more have not ended".formatted(summary.live())));
        if (summary.refused() > 0) {
            err.println(Readable.count(summary.refused(), "event") + " could not be processed:");
            summary.refusals().forEach(refusal -> err.println("  " + Terminal.plain(refusal.toString())));
        }
    }

    private static String judgement(Summary summary, Network network) {
        if (!network.predictsEvents()) {
            return "; the model does not predict events: nothing was scored";
        }
        if (network.scoring() instanceof ScoringRule.None) {
            return "; the model has no scoring rule: nothing was judged (`import --scoring` sets a rule)";
        }
        if (summary.sequences() == 1) {
            return summary.anomalous() == 1 ? ", which is anomalous" : ", which is not anomalous";
        }
        return ", %,d of them anomalous".formatted(summary.anomalous());
    }
}
