package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.Value.UnsupportedResult;
import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.importer.onnx.run.GraphRunner;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Imports ONNX files: operators LSTM, GRU and RNN with the layers around them, and cells that an exporter has written
 * out as one step or as an unrolled loop.
 */
public final class OnnxImporter {
    private static final long MAX_IR_VERSION = 20;
    private static final long MAX_OPSET = 28; // the newest at the time of writing

    private final String file;
    private final TimeAndStates roles = new TimeAndStates();
    private final Draft draft;
    private final Expressions expressions;
    private final StepResolver resolver;
    private final Interpreter interpreter;

    private OnnxImporter(String file, OnnxModel model) {
        this.file = file;
        this.draft = new Draft(file);
        Budget budget = new Budget(file, model.bytes());
        this.expressions = new Expressions(file, budget);
        CellPatterns patterns = new CellPatterns(expressions);
        UnrolledLoops unrolled = new UnrolledLoops(expressions, patterns);
        this.resolver = new StepResolver(file, expressions, patterns, unrolled, roles);
        this.interpreter = new Interpreter(file, model, budget, expressions, unrolled, roles);
    }

    /**
     * Reads a file.
     *
     * @param file the file's name in errors
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is damaged, or is not a
     *     model that can run one step at a time
     */
    public static Draft read(Path path, String file) {
        OnnxModel model = OnnxModel.read(path, file);
        checkVersions(model, file);
        return new OnnxImporter(file, model).draft();
    }

    private static void checkVersions(OnnxModel model, String file) {
        if (model.irVersion() < 1) {
            throw new Malformed(file, "is not an ONNX model: ir_version is missing");
        }
        if (model.irVersion() > MAX_IR_VERSION) {
            throw new Unsupported(
                    file, "its ir_version must be at most " + MAX_IR_VERSION + ", but is " + model.irVersion());
        }
        long opset = model.opsets().getOrDefault("", 0L);
        if (opset == 0 && !model.opsets().isEmpty()) {
            throw new Unsupported(
                    file,
                    "must use operators of ONNX, but uses only those of the domains "
                            + model.opsets().keySet());
        }
        if (opset == 0 && model.irVersion() >= 3) {
            throw new Malformed(file, "must state the version of ONNX's operators that it uses");
        }
        if (opset > MAX_OPSET) {
            throw new Unsupported(file, "its opset must be at most " + MAX_OPSET + ", but is " + opset);
        }
    }

    private Draft draft() {
        Map<String, Value> outputs = interpreter.outputs();
        Map<String, Signal> signals = signals(outputs);
        Set<Expression> vectors = new LinkedHashSet<>();
        signals.values().forEach(signal -> vectors.addAll(StateOutputs.vectorsOf(signal.expr())));
        resolver.findCells(vectors, likelyInputs(outputs.keySet()));
        Map<String, Expression> heads = heads(signals);
        UnknownStates unknown = new UnknownStates(file, signals);
        if (!hasCell(heads)) {
            throw unknown.withoutCell(interpreter.inputs());
        }
        ModelInputs inputs = ModelInputs.of(new LinkedHashSet<>(heads.values()), interpreter.inputs());
        if (inputs.count() == 0) {
            throw new Unsupported(file, "at least one output of the graph must depend on its inputs");
        }
        if (inputs.length() > Integer.MAX_VALUE) {
            throw new Unsupported(
                    file, "its inputs together must have fewer than 2^31 values, but have " + inputs.length());
        }
        DraftWriter layers = new DraftWriter(draft, expressions, inputs);
        layers.addHeads(heads);
        if (!roles.isSequence()) {
            unknown.checkInputs(heads, inputs);
        }
        draft.input(inputs.draft());
        draft.executionIsUnknown(unknownExecution());
        roles.notes().forEach(draft::note);
        Map<String, Signal> headSignals = new LinkedHashMap<>(signals);
        headSignals.keySet().retainAll(heads.keySet());
        StateOutputs stateOutputs = new StateOutputs(signals, interpreter.inputs(), resolver, roles);
        GraphRunner runner = interpreter.runner();
        GraphRuns runs = new GraphRuns(file, runner, interpreter.inputs(), inputs, roles, headSignals);
        new GraphCheck(file, runner, runs, inputs, stateOutputs).check(draft);
        return draft;
    }

    private Map<String, Signal> signals(Map<String, Value> outputs) {
        Map<String, Signal> signals = new LinkedHashMap<>();
        outputs.forEach((name, value) -> {
            if (value instanceof Signal signal) {
                signals.put(name, signal);
            } else if (value instanceof UnsupportedResult aside) {
                draft.note("output " + name + " is omitted, because it is the result of " + aside.operation());
            } else {
                draft.note("output " + name + " is omitted, because it is a constant");
            }
        });
        if (signals.isEmpty()) {
            throw new Unsupported(
                    file, "must have an output that is a vector for each step, but has only " + outputs.keySet());
        }
        return signals;
    }

    private static boolean hasCell(Map<String, Expression> heads) {
        return Expression.withOperands(heads.values()).stream().anyMatch(vector -> vector.is(Kind.CELL));
    }

    /** Returns the inputs that no output replaces by its name, or else the first input. */
    private Set<GraphInput> likelyInputs(Set<String> outputs) {
        List<GraphInput> inputs = interpreter.inputs();
        List<GraphInput> unpaired = inputs.stream()
                .filter(input -> outputs.stream().noneMatch(output -> StatePairs.haveOneName(input.name(), output)))
                .toList();
        boolean telling = !unpaired.isEmpty() && unpaired.size() < inputs.size();
        return Set.copyOf(telling ? unpaired : inputs.subList(0, Math.min(1, inputs.size())));
    }

    /** Returns the outputs that are not states, or the output of the last layer if all outputs are states. */
    private Map<String, Expression> heads(Map<String, Signal> signals) {
        Map<String, Expression> heads = new LinkedHashMap<>();
        signals.forEach((name, signal) -> {
            if (!isState(signal) && !replacesState(name)) {
                heads.put(name, resolver.inOneStep(signal.expr()));
            }
        });
        if (!hasCell(heads)) {
            for (Map.Entry<String, Signal> output : signals.entrySet()) {
                List<Expression> vectors =
                        StateOutputs.vectorsOf(output.getValue().expr());
                Expression last = vectors.get(vectors.size() - 1);
                if (!resolver.isCellState(last)) {
                    heads.put(output.getKey(), resolver.inOneStep(last));
                    break;
                }
            }
        }
        if (heads.isEmpty()) {
            throw new Unsupported(
                    file, "must have an output other than the cell state c, but has only " + signals.keySet());
        }
        return heads;
    }

    private boolean isState(Signal signal) {
        return signal.state()
                || StateOutputs.vectorsOf(signal.expr()).stream()
                        .allMatch(vector -> resolver.isCellState(vector) || resolver.isWrittenOut(vector));
    }

    /** Returns whether an output has the name of an input that is a state; the comparison tells whether it is one. */
    private boolean replacesState(String output) {
        return interpreter.inputs().stream()
                .anyMatch(input -> input.isState() && StatePairs.haveOneName(input.name(), output));
    }

    private String unknownExecution() {
        return roles.steps() > 1
                ? "the " + roles.steps()
                        + " steps of the graph come from its export and do not state how the model was trained"
                : "the graph does not state it";
    }
}
