package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.onnx.Expr.Kind;
import io.lstmstreams.importer.onnx.Value.Aside;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Imports ONNX files: operators LSTM, GRU and RNN with the layers around them, and cells that an exporter has written out as one
 * step or as an unrolled loop.
 */
public final class OnnxImporter {
    private static final long MAX_IR_VERSION = 20;
    private static final long MIN_OPSET = 7; // the first with today's broadcasting
    private static final long MAX_OPSET = 28; // the newest at the time of writing

    private final String file;
    private final Roles roles = new Roles();
    private final List<String> notes = new ArrayList<>();
    private final Exprs exprs;
    private final Resolver resolver;
    private final Interpreter interpreter;

    private OnnxImporter(String file, OnnxModel model) {
        this.file = file;
        Budget budget = new Budget(file, model.bytes());
        this.exprs = new Exprs(file, budget);
        CellPatterns patterns = new CellPatterns(exprs);
        Unrolled unrolled = new Unrolled(exprs, patterns);
        this.resolver = new Resolver(file, exprs, patterns, unrolled, roles);
        this.interpreter = new Interpreter(file, model, budget, exprs, unrolled, roles);
    }

    /**
     * Reads a file.
     *
     * @param file the file's name in errors
     * @param spec the user's spec, which is not read: a graph is complete
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the file cannot be read, is damaged, or is not a model that
     *     can run one step at a time
     */
    public static Draft read(Path path, String file, ObjectNode spec) {
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
        if (opset == 0) {
            throw new Malformed(file, "must state the version of ONNX's operators that it uses");
        }
        if (opset < MIN_OPSET || opset > MAX_OPSET) {
            throw new Unsupported(file, "its opset must be " + MIN_OPSET + " to " + MAX_OPSET + ", but is " + opset);
        }
    }

    private Draft draft() {
        Map<String, Value> outputs = interpreter.outputs();
        Map<String, Signal> signals = signals(outputs);
        Set<Expr> vectors = new LinkedHashSet<>();
        signals.values().forEach(signal -> vectors.addAll(vectorsOf(signal.expr())));
        resolver.findCells(
                vectors,
                interpreter.inputs().isEmpty() ? null : interpreter.inputs().get(0));
        Map<String, Expr> heads = heads(signals);
        Inputs inputs = Inputs.of(new LinkedHashSet<>(heads.values()), interpreter.inputs());
        if (inputs.count() == 0) {
            throw new Unsupported(file, "at least one output of the graph must depend on its inputs");
        }
        if (inputs.length() > Integer.MAX_VALUE) {
            throw new Unsupported(
                    file, "its inputs together must have fewer than 2^31 values, but have " + inputs.length());
        }
        Layers layers = new Layers(exprs, inputs);
        layers.addHeads(heads);
        if (layers.recurrent() == 0) {
            throw new Unsupported(file, "does not contain a recurrent layer (LSTM, GRU or RNN)");
        }
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        long units = heads.values().iterator().next().units();
        inputs.describe(spec.putObject("input"), units, layers.scalesInput(), notes);
        spec.set("layers", layers.layerSpecs());
        spec.set("heads", layers.headSpecs());
        spec.putObject("execution").put("mode", "carry");
        noteExecution(inputs);
        notes.addAll(roles.notes());
        return new Draft(spec, layers.layers(), layers.heads(), notes);
    }

    private Map<String, Signal> signals(Map<String, Value> outputs) {
        Map<String, Signal> signals = new LinkedHashMap<>();
        outputs.forEach((name, value) -> {
            if (value instanceof Signal signal) {
                signals.put(name, signal);
            } else if (value instanceof Aside aside) {
                notes.add("output " + name + " is omitted, because it is the result of " + aside.operation());
            } else {
                notes.add("output " + name + " is omitted, because it is a constant");
            }
        });
        if (signals.isEmpty()) {
            throw new Unsupported(
                    file, "must have an output that is a vector for each step, but has only " + outputs.keySet());
        }
        return signals;
    }

    private static List<Expr> vectorsOf(Expr expr) {
        return expr.is(Kind.STACK) ? expr.of() : List.of(expr);
    }

    /** Returns the outputs that are not states, or the output of the last layer if all outputs are states. */
    private Map<String, Expr> heads(Map<String, Signal> signals) {
        Map<String, Expr> heads = new LinkedHashMap<>();
        signals.forEach((name, signal) -> {
            if (!isState(signal)) {
                heads.put(name, resolver.inOneStep(signal.expr()));
            }
        });
        if (heads.isEmpty()) {
            for (Map.Entry<String, Signal> output : signals.entrySet()) {
                List<Expr> vectors = vectorsOf(output.getValue().expr());
                Expr last = vectors.get(vectors.size() - 1);
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
                || vectorsOf(signal.expr()).stream()
                        .allMatch(vector -> resolver.isCellState(vector) || resolver.isWrittenOut(vector));
    }

    private void noteExecution(Inputs inputs) {
        List<Axis> time = roles.time();
        long steps = time == null || time.isEmpty() ? -1 : time.get(0).size();
        String what = steps > 1
                ? "the " + steps + " steps of the graph come from its export and do not state how the model was trained"
                : "the graph of " + inputs.all().iterator().next().name() + " does not state another mode";
        notes.add("execution: carry, the state continues from step to step; " + what
                + "; for a model trained on windows of n events, give --spec with execution");
    }
}
