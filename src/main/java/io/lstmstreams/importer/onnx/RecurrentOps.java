package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.GateOrder;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.RecurrentLayer;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Evaluates the operators LSTM, GRU and RNN (onnx/docs/Operators.md). Rows of W [1, gates * H, X] and R [1, gates * H,
 * H] are in the order i, o, f, c for an LSTM and z, r, h for a GRU; B [1, 2 * gates * H] is the input's bias and then
 * the state's; P [1, 3 * H] is i, o, f.
 */
final class RecurrentOps {
    private static final GateOrder LSTM = GateOrder.lstm("iofg");
    private static final GateOrder GRU = GateOrder.gru("zrn");
    private static final GateOrder RNN = GateOrder.SINGLE;
    private static final Set<String> ATTRIBUTES = Set.of(
            "activation_alpha",
            "activation_beta",
            "activations",
            "clip",
            "direction",
            "hidden_size",
            "input_forget",
            "layout",
            "linear_before_reset",
            "output_sequence");

    private final Expressions expressions;
    private final TimeAndStates roles;
    private final Budget budget;

    RecurrentOps(Expressions expressions, TimeAndStates roles, Budget budget) {
        this.expressions = expressions;
        this.roles = roles;
        this.budget = budget;
    }

    Map<String, Operation> operations() {
        return Map.of("LSTM", this::lstm, "GRU", this::gru, "RNN", this::rnn);
    }

    private List<Value> lstm(Call call) {
        Sizes sizes = sizes(call, LSTM);
        List<Activation> activations =
                RecurrentActivations.of(call, Activation.SIGMOID, Activation.TANH, Activation.TANH);
        ObjectNode spec =
                RecurrentSpecs.lstm(sizes.hidden(), activations.get(0), activations.get(1), activations.get(2));
        putClip(call, spec);
        if (call.integer("input_forget", 0) != 0) {
            spec.put("inputForget", true);
        }
        Map<String, Weights> weights = weights(call, sizes, LSTM);
        if (call.input(7) != null) {
            Constant peepholes = parameter(call, 7, "P", sizes, 1, 3L * sizes.hidden());
            String[] ours = {"weight_pi", "weight_po", "weight_pf"};
            Weights all = Weights.vector(peepholes.name(), peepholes.floats());
            for (int gate = 0; gate < ours.length; gate++) {
                weights.put(ours[gate], all.rows(gate * sizes.hidden(), sizes.hidden()));
            }
            spec.put("peepholes", true);
        }
        return outputs(call, sizes, spec, weights, true);
    }

    private List<Value> gru(Call call) {
        Sizes sizes = sizes(call, GRU);
        List<Activation> activations = RecurrentActivations.of(call, Activation.SIGMOID, Activation.TANH);
        boolean resetAfter = call.integer("linear_before_reset", 0) != 0;
        ObjectNode spec = RecurrentSpecs.gru(sizes.hidden(), activations.get(0), activations.get(1), resetAfter);
        putClip(call, spec);
        return outputs(call, sizes, spec, weights(call, sizes, GRU), false);
    }

    private List<Value> rnn(Call call) {
        Sizes sizes = sizes(call, RNN);
        Activation activation = RecurrentActivations.of(call, Activation.TANH).get(0);
        ObjectNode spec = RecurrentSpecs.rnn(sizes.hidden(), activation);
        putClip(call, spec);
        return outputs(call, sizes, spec, weights(call, sizes, RNN), false);
    }

    /** The input and the sizes of one layer. */
    private record Sizes(Signal x, boolean batchFirst, int hidden, int inputs) {}

    private Sizes sizes(Call call, GateOrder order) {
        String direction = call.text("direction", "forward");
        if (!direction.equals("forward")) {
            throw call.unsupported("direction=" + direction
                    + " reads a sequence from its end, which requires the whole sequence and cannot run"
                    + " one step at a time");
        }
        for (String attribute : call.node().attributes().keySet()) {
            if (!ATTRIBUTES.contains(attribute)) {
                throw call.unsupported("its attribute " + attribute + " is not supported");
            }
        }
        Signal x = call.signal(0);
        if (x.rank() != 3) {
            throw call.malformed("its input must have 3 dimensions, but has " + x.rank());
        }
        Constant w = call.floats(1, "W");
        Constant r = call.floats(2, "R");
        if (w.view().rank() != 3 || r.view().rank() != 3) {
            throw call.malformed("its W and R must have 3 dimensions");
        }
        int hidden = r.view().dims()[2];
        int inputs = w.view().dims()[2];
        Sizes sizes = new Sizes(x, call.integer("layout", 0) == 1, hidden, inputs);
        long stated = call.integer("hidden_size", hidden);
        if (hidden < 1 || inputs < 1 || stated != hidden) {
            throw call.malformed("its hidden_size must fit its weights, but is " + stated + " with R of shape "
                    + text(r) + " and W of shape " + text(w));
        }
        parameter(call, 1, "W", sizes, 1, (long) order.gates() * hidden, inputs);
        parameter(call, 2, "R", sizes, 1, (long) order.gates() * hidden, hidden);
        return sizes;
    }

    private static String text(Constant constant) {
        long[] dims = new long[constant.view().rank()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = constant.view().dims()[i];
        }
        return Tensor.text(dims);
    }

    private static Constant parameter(Call call, int position, String name, Sizes sizes, long... shape) {
        Constant constant = call.floats(position, name);
        if (constant.type() != sizes.x().type()) {
            throw call.malformed("its " + name + " and its input must have the same type, but are " + constant.type()
                    + " and " + sizes.x().type());
        }
        if (!text(constant).equals(Tensor.text(shape))) {
            throw call.malformed(
                    "its " + name + " must have shape " + Tensor.text(shape) + ", but has " + text(constant));
        }
        return constant;
    }

    private static void putClip(Call call, ObjectNode spec) {
        if (call.has("clip")) {
            float clip = call.number("clip", 0);
            if (!(clip >= 0)) {
                throw call.malformed("its clip must be at least 0, but is " + clip);
            }
            if (clip > 0 && clip < Float.MAX_VALUE) {
                spec.put("clip", clip);
            }
        }
    }

    private Map<String, Weights> weights(Call call, Sizes sizes, GateOrder order) {
        Map<String, Weights> weights = new LinkedHashMap<>();
        weights.put("weight_ih", ordered(call.floats(1, "W"), 0, sizes.hidden(), sizes.inputs(), order));
        weights.put("weight_hh", ordered(call.floats(2, "R"), 0, sizes.hidden(), sizes.hidden(), order));
        if (call.input(3) != null) {
            Constant b = parameter(call, 3, "B", sizes, 1, 2L * order.gates() * sizes.hidden());
            weights.put("bias_ih", ordered(b, 0, sizes.hidden(), 0, order));
            weights.put("bias_hh", ordered(b, order.gates() * sizes.hidden(), sizes.hidden(), 0, order));
        }
        return weights;
    }

    /** Returns rows, beginning at a row, in our order of the gates; a vector if there are no columns. */
    private Weights ordered(Constant constant, int from, int hidden, int columns, GateOrder order) {
        int length = hidden * Math.max(1, columns);
        budget.take((long) length * order.gates());
        float[] values = order.blocks(constant.floats(), from * Math.max(1, columns), length);
        return columns == 0
                ? Weights.vector(constant.name(), values)
                : Weights.matrix(constant.name(), hidden * order.gates(), columns, values);
    }

    private List<Value> outputs(
            Call call, Sizes sizes, ObjectNode spec, Map<String, Weights> weights, boolean hasCellState) {
        Signal x = sizes.x();
        Expression input = LinearOps.contracted(call, x, sizes.inputs());
        List<Axis> time = x.axes().get(sizes.batchFirst() ? 1 : 0);
        List<Axis> batch = x.axes().get(sizes.batchFirst() ? 0 : 1);
        roles.bindTime(call, time, batch, x);
        checkLengths(call, time);
        initialState(call, 5, "h", sizes);
        if (hasCellState) {
            initialState(call, 6, "c", sizes);
        }
        RecurrentLayer layer = new RecurrentLayer(call.where(), spec, weights);
        Expression cell = expressions.make(Kind.CELL, List.of(input), layer, sizes.hidden());
        Axis feature = Axis.ofFeatures(sizes.hidden());
        List<List<Axis>> all = sizes.batchFirst()
                ? List.of(batch, time, List.of(), List.of(feature))
                : List.of(time, List.of(), batch, List.of(feature));
        List<List<Axis>> last = sizes.batchFirst()
                ? List.of(batch, List.of(), List.of(feature))
                : List.of(List.of(), batch, List.of(feature));
        List<Value> outputs = new ArrayList<>();
        outputs.add(new Signal(cell, all, feature, x.type(), false));
        outputs.add(new Signal(lastOf(cell, time), last, feature, x.type(), true));
        Expression cellState = expressions.make(Kind.CELL_STATE, List.of(cell), sizes.hidden());
        bindNext(call, 5, cell);
        if (hasCellState) {
            bindNext(call, 6, cellState);
        }
        outputs.add(new Signal(lastOf(cellState, time), last, feature, x.type(), true));
        return hasCellState ? outputs : outputs.subList(0, 2);
    }

    private void bindNext(Call call, int position, Expression next) {
        if (call.input(position) instanceof Signal state) {
            roles.bindNext(state.expr(), next);
        }
    }

    private Expression lastOf(Expression expr, List<Axis> time) {
        Expression last = expr;
        for (Axis axis : Axis.significant(time)) {
            last = expressions.at(last, axis, axis.size() < 0 ? -1 : axis.size() - 1);
        }
        return last;
    }

    /** Checks that the lengths of the sequences, if they are given, are the whole length. */
    private void checkLengths(Call call, List<Axis> time) {
        Value lengths = call.input(4);
        if (lengths == null) {
            return;
        }
        Constant constant = lengths instanceof Repeated repeated
                ? repeated.base()
                : lengths instanceof Constant plain ? plain : null;
        SymbolicInteger whole = SymbolicInteger.sizeOf(time);
        if (constant == null || constant.isFloating() || constant.view().count() > 100_000) {
            throw call.unsupported("its sequence_lens must be a constant or an input of the model, but are computed");
        }
        for (SymbolicInteger length : constant.numbers()) {
            if (!length.equals(whole) && !length.isLengthPlus(0)) {
                throw call.unsupported("its sequence_lens must be the whole length of the sequences; steps cannot be"
                        + " omitted one step at a time");
            }
        }
    }

    /** Checks an initial state: zeros, or an input of the model for each layer. */
    private void initialState(Call call, int position, String what, Sizes sizes) {
        if (call.input(position) == null) {
            return;
        }
        Value value = call.required(position);
        if (value instanceof Signal signal) {
            roles.bindState(call, signal, "initial_" + what, sizes.hidden());
            return;
        }
        SymbolicInteger[] dims = ShapeOps.sizes(value);
        long units = dims.length != 3 ? 0 : dims[2].isConstant() ? dims[2].offset() : sizes.hidden();
        if (units != sizes.hidden()) {
            throw call.malformed("its initial_" + what + " must have " + sizes.hidden()
                    + " elements, its hidden_size, but has " + units);
        }
        Constant constant = value instanceof Repeated repeated ? repeated.base() : (Constant) value;
        if (!constant.isAll(0)) {
            throw call.unsupported(
                    "its initial_" + what + " must be zero, but is a learned constant, which is not supported");
        }
    }
}
