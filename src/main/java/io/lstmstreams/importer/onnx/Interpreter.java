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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Evaluates a graph symbolically, from its inputs to its outputs. */
final class Interpreter {
    private static final int MAX_BATCH = 10_000; // of lengths

    private final String file;
    private final OnnxModel model;
    private final Budget budget;
    private final Expressions expressions;
    private final TimeAndStates roles;
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
        this.roles = roles;
        operations.putAll(new ShapeOps(expressions, roles, budget).operations());
        operations.putAll(new CastOps(budget).operations());
        operations.putAll(new StretchOps(budget).operations());
        operations.putAll(new IndexOps(expressions, budget).operations());
        operations.putAll(new ElementwiseOps(expressions, budget).operations());
        operations.putAll(new LinearOps(expressions, budget).operations());
        operations.putAll(new VectorOps(expressions, roles).operations());
        operations.putAll(new ReduceOps(expressions, roles, budget).operations());
        operations.put("Einsum", new EinsumOp(expressions, budget)::evaluate);
        operations.put("Conv", new ConvOp(expressions, roles, budget)::evaluate);
        operations.putAll(new RecurrentOps(expressions, roles, budget).operations());
        operations.putAll(SmallConstants.operations());
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
        Set<OnnxValueInfo> lengths = LengthInputs.of(graph);
        Set<String> single = new HashSet<>(); // sizes of a batch, which here is one sequence
        lengths.forEach(input -> input.dims().orElse(List.of()).forEach(dim -> single.add(dim.symbol())));
        single.remove("");
        graph.inputs().stream()
                .filter(input -> !initializers.containsKey(input.name()))
                .forEach(input -> addInput(input, lengths.contains(input), single));
        order.forEach(position -> checkKnown(graph.nodes().get(position), position));
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

    private void addInput(OnnxValueInfo info, boolean isLengths, Set<String> single) {
        if (!info.tensor() || info.type().isEmpty()) {
            throw new Unsupported(file, "its input " + info.name() + " must be a tensor of numbers");
        }
        OnnxType type = info.type().get();
        List<Axis> axes = new ArrayList<>();
        if (info.dims().isPresent()) {
            for (OnnxValueInfo.Dim dim : info.dims().get()) {
                long size = single.contains(dim.symbol()) ? 1 : dim.size();
                axes.add(new Axis(info.name() + "[" + axes.size() + "]", size, info.name()));
            }
        } else {
            int rank = type.isFloating() ? 3 : 2; // of a recurrent layer's input, or of indexes
            for (int i = 0; i < rank; i++) {
                axes.add(new Axis(info.name() + "[" + i + "]", -1, info.name()));
            }
        }
        GraphInput input = new GraphInput(info.name(), type, axes);
        inputs.add(input);
        if (isLengths) {
            values.put(info.name(), lengths(input));
            return;
        }
        expressions.at(file + ": input " + info.name());
        List<List<Axis>> dims = axes.stream().map(List::of).toList();
        values.put(info.name(), new Signal(expressions.input(input), dims, null, type, false));
    }

    /** Returns the lengths of all sequences: that of the sequence. */
    private Value lengths(GraphInput input) {
        roles.bindLengths(input);
        int[] dims = input.axes().stream()
                .mapToInt(axis -> (int) Math.max(1, Math.min(MAX_BATCH, axis.size())))
                .toArray();
        SymbolicInteger[] numbers = new SymbolicInteger[budget.take(dims)];
        Arrays.fill(numbers, SymbolicInteger.sizeOf(List.of(Axis.LENGTH)));
        return Value.Constant.of(numbers, input.type(), "the lengths of the sequences", dims);
    }

    private @Nullable Value value(String name) {
        Value value = values.get(name);
        if (value == null && initializers.containsKey(name)) {
            value = Constants.of(initializers.get(name), budget);
            values.put(name, value);
        }
        return value;
    }

    private String where(OnnxNode node, int position) {
        String name = node.name().isEmpty() ? "#" + position : node.name();
        return file + ": node " + name + " (" + node.opType() + ")";
    }

    private void checkKnown(OnnxNode node, int position) {
        boolean known = operations.containsKey(node.opType()) || node.opType().equals("If");
        if (!known || !node.domain().isEmpty()) {
            throw new Unsupported(where(node, position), UnknownOperators.reason(node));
        }
    }

    private void evaluate(OnnxNode node, int position) {
        String where = where(node, position);
        checkKnown(node, position);
        Operation operation = operations.get(node.opType());
        expressions.at(where);
        List<Value> read = new ArrayList<>();
        for (String input : node.inputs()) {
            read.add(input.isEmpty() ? null : value(input));
        }
        Call call = new Call(where, node, read, model.opsets().getOrDefault("", 1L));
        List<Value> results;
        try {
            results = operation == null ? branch(call) : operation.evaluate(call);
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

    /** Evaluates the branch of an If and returns its outputs. */
    private List<Value> branch(Call call) {
        OnnxGraph graph = ControlOps.branch(call);
        graph.initializers().forEach(tensor -> initializers.put(tensor.name(), tensor));
        for (int i = 0; i < graph.nodes().size(); i++) {
            evaluate(graph.nodes().get(i), i);
        }
        List<Value> outputs = new ArrayList<>();
        for (OnnxValueInfo output : graph.outputs()) {
            Value value = value(output.name());
            if (value == null) {
                throw call.malformed("no node of its branch computes the value " + output.name());
            }
            outputs.add(value);
        }
        return outputs;
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
