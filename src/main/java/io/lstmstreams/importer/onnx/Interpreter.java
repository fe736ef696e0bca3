package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.format.OnnxGraph;
import io.lstmstreams.importer.onnx.format.OnnxModel;
import io.lstmstreams.importer.onnx.format.OnnxNode;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import io.lstmstreams.importer.onnx.format.OnnxType;
import io.lstmstreams.importer.onnx.format.OnnxValueInfo;
import io.lstmstreams.importer.onnx.run.GraphRunner;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Evaluates a graph symbolically, from its inputs to its outputs. */
final class Interpreter {
    private final String file;
    private final OnnxModel model;
    private final Budget budget;
    private final Expressions expressions;
    private final Map<String, Operation> operations = new HashMap<>();
    private final Map<String, OnnxTensor> initializers = new HashMap<>();
    private final Map<String, Value> values = new HashMap<>();
    private final List<GraphInput> inputs = new ArrayList<>();
    private List<Integer> order = List.of(); // positions of the nodes, each after the nodes that it reads

    Interpreter(
            String file,
            OnnxModel model,
            Budget budget,
            Expressions expressions,
            UnrolledLoops unrolled,
            TimeAndStates roles) {
        this.file = file;
        this.model = model;
        this.budget = budget;
        this.expressions = expressions;
        operations.putAll(new ShapeOps(budget).operations());
        operations.putAll(new CastOps(budget).operations());
        operations.putAll(new StretchOps(budget).operations());
        operations.putAll(new IndexOps(expressions, budget).operations());
        operations.putAll(new ElementwiseOps(expressions, budget).operations());
        operations.putAll(new LinearOps(expressions, budget).operations());
        operations.putAll(new VectorOps(expressions).operations());
        operations.putAll(new RecurrentOps(expressions, roles, budget).operations());
        operations.put("Concat", new ConcatOp(expressions, unrolled, budget)::evaluate);
        operations.put("Constant", call -> Constants.ofNode(call, budget));
    }

    /** Returns a runner of the graph as it stands; call it after {@link #outputs}. */
    GraphRunner runner() {
        List<OnnxNode> nodes = order.stream().map(model.graph().nodes()::get).toList();
        return new GraphRunner(model, nodes);
    }

    /** Returns the names of the operators that can be translated. */
    Set<String> operatorNames() {
        return operations.keySet();
    }

    /** Returns the model's inputs, in the graph's order. */
    List<GraphInput> inputs() {
        return inputs;
    }

    /** Returns the outputs' values by name, in the graph's order. */
    Map<String, Value> outputs() {
        OnnxGraph graph = model.graph();
        if (graph.sparse()) {
            throw new Unsupported(file, "has sparse initializers, which are not supported");
        }
        order = NodeOrder.of(graph, file);
        graph.initializers().forEach(tensor -> initializers.put(tensor.name(), tensor));
        graph.inputs().stream()
                .filter(input -> !initializers.containsKey(input.name()))
                .forEach(this::addInput);
        for (int position : order) {
            evaluate(graph.nodes().get(position), position);
        }
        Map<String, Value> outputs = new LinkedHashMap<>();
        for (OnnxValueInfo output : graph.outputs()) {
            Value value = value(output.name());
            if (value instanceof Signal signal) {
                checkDeclared(output, signal);
            }
            if (outputs.put(output.name(), value) != null) {
                throw new Malformed(file, "has two outputs with the name " + output.name());
            }
        }
        return outputs;
    }

    private void addInput(OnnxValueInfo info) {
        if (!info.tensor() || info.type().isEmpty()) {
            throw new Unsupported(file, "its input " + info.name() + " must be a tensor of numbers");
        }
        OnnxType type = info.type().get();
        List<Axis> axes = new ArrayList<>();
        if (info.dims().isPresent()) {
            for (OnnxValueInfo.Dim dim : info.dims().get()) {
                axes.add(new Axis(info.name() + "[" + axes.size() + "]", dim.size(), info.name()));
            }
        } else {
            int rank = type.isFloating() ? 3 : 2; // of a recurrent layer's input, or of indexes
            for (int i = 0; i < rank; i++) {
                axes.add(new Axis(info.name() + "[" + i + "]", -1, info.name()));
            }
        }
        GraphInput input = new GraphInput(info.name(), type, axes);
        inputs.add(input);
        expressions.at(file + ": input " + info.name());
        List<List<Axis>> dims = axes.stream().map(List::of).toList();
        values.put(info.name(), new Signal(expressions.input(input), dims, null, type, false));
    }

    private @Nullable Value value(String name) {
        Value value = values.get(name);
        if (value == null && initializers.containsKey(name)) {
            value = Constants.of(initializers.get(name), budget);
            values.put(name, value);
        }
        return value;
    }

    private void evaluate(OnnxNode node, int position) {
        String name = node.name().isEmpty() ? "#" + position : node.name();
        String where = file + ": node " + name + " (" + node.opType() + ")";
        if (!node.domain().isEmpty()) {
            throw new Unsupported(where, "operators of the domain " + node.domain() + " are not supported");
        }
        Operation operation = operations.get(node.opType());
        if (operation == null) {
            throw new Unsupported(where, UnknownOperators.reason(node.opType()));
        }
        expressions.at(where);
        List<Value> read = new ArrayList<>();
        for (String input : node.inputs()) {
            read.add(input.isEmpty() ? null : value(input));
        }
        Call call = new Call(where, node, read, model.opsets().getOrDefault("", 1L));
        List<Value> results;
        try {
            results = operation.evaluate(call);
        } catch (ArithmeticException e) {
            throw call.malformed("its integers are too large");
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.outputs().get(i).isEmpty()) {
                if (i >= results.size()) {
                    throw call.unsupported("its output " + i + " is not supported");
                }
                values.put(node.outputs().get(i), results.get(i));
            }
        }
    }

    /** Refuses a graph that declares another shape or type of an output than its nodes compute. */
    private void checkDeclared(OnnxValueInfo output, Signal signal) {
        if (output.dims().isEmpty() || output.dims().get().isEmpty()) {
            return;
        }
        List<OnnxValueInfo.Dim> dims = output.dims().get();
        boolean fits = dims.size() == signal.rank();
        for (int i = 0; fits && i < dims.size(); i++) {
            long size = Axis.size(signal.axes().get(i));
            fits = size < 0 || dims.get(i).size() < 0 || size == dims.get(i).size();
        }
        boolean sameType = output.type().isEmpty() || output.type().get() == signal.type();
        if (!fits || !sameType) {
            throw new Malformed(
                    file,
                    "the declared shape and type of its output " + output.name()
                            + " must be those that its nodes compute, but differ");
        }
    }
}
