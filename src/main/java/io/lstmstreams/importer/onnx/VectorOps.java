package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.BatchNorm;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.LayerNorm;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.Value.UnsupportedResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Evaluates functions of one step's vector: activations and normalisations. */
final class VectorOps {
    private static final List<String> PLAIN = List.of("Relu", "Tanh", "Sigmoid", "Softplus", "Softsign");
    private static final List<String> WITH_PARAMETERS = List.of("HardSigmoid", "LeakyRelu", "Elu", "ThresholdedRelu");
    private static final float SELU_ALPHA = 1.6732632f;
    private static final float SELU_GAMMA = 1.050701f;

    private final Expressions expressions;

    VectorOps(Expressions expressions) {
        this.expressions = expressions;
    }

    Map<String, Operation> operations() {
        Map<String, Operation> operations = new HashMap<>();
        PLAIN.forEach(name -> operations.put(name, call -> apply(call, onnx(name))));
        WITH_PARAMETERS.forEach(name -> operations.put(name, call -> {
            Activation defaults = onnx(name);
            Float alpha = defaults.alpha();
            Float beta = defaults.beta();
            return apply(
                    call,
                    defaults.with(
                            alpha == null ? null : call.number("alpha", alpha),
                            beta == null ? null : call.number("beta", beta)));
        }));
        operations.put("Exp", call -> apply(call, Activation.of("exponential")));
        operations.put("Erf", call -> apply(call, Activation.ERF));
        operations.put("Gelu", this::gelu);
        operations.put("Selu", this::selu);
        operations.put("Clip", this::clip);
        operations.put("Softmax", call -> softmax(call, "softmax"));
        operations.put("LogSoftmax", call -> softmax(call, "log_softmax"));
        operations.put("BatchNormalization", this::batchNorm);
        operations.put("LayerNormalization", this::layerNorm);
        operations.put("ArgMax", call -> List.of(new UnsupportedResult("ArgMax")));
        operations.put("ArgMin", call -> List.of(new UnsupportedResult("ArgMin")));
        operations.put("TopK", call -> List.of(new UnsupportedResult("TopK"), new UnsupportedResult("TopK")));
        return operations;
    }

    private static Activation onnx(String name) {
        return Activation.onnx(name).orElseThrow();
    }

    private List<Value> apply(Call call, Activation activation) {
        Value value = call.required(0);
        Constant constant = ConstantFolding.constant(value);
        if (constant != null && constant.isAll(0) && activation.equals(Activation.TANH)) {
            return List.of(value);
        }
        Signal signal = call.signal(0);
        return List.of(signal.with(expressions.activation(signal.expr(), activation)));
    }

    private List<Value> gelu(Call call) {
        if (!call.text("approximate", "none").equals("none")) {
            throw call.unsupported("the approximation by tanh is not supported");
        }
        return apply(call, Activation.of("gelu"));
    }

    private List<Value> selu(Call call) {
        if (call.number("alpha", SELU_ALPHA) != SELU_ALPHA || call.number("gamma", SELU_GAMMA) != SELU_GAMMA) {
            throw call.unsupported("parameters other than the defaults are not supported");
        }
        return apply(call, Activation.of("selu"));
    }

    private List<Value> clip(Call call) {
        float low = bound(call, 1, "min", Float.NEGATIVE_INFINITY);
        float high = bound(call, 2, "max", Float.POSITIVE_INFINITY);
        if (low == 0 && high == 6) {
            return apply(call, Activation.of("relu6"));
        }
        if (low == 0 && (high == Float.POSITIVE_INFINITY || high == Float.MAX_VALUE)) {
            return apply(call, Activation.of("relu"));
        }
        if (low == -1 && high == 1) {
            return apply(call, Activation.of("hard_tanh"));
        }
        throw call.unsupported("the range " + low + " to " + high + " is not supported");
    }

    private static float bound(Call call, int position, String attribute, float otherwise) {
        if (call.opset() < 11) {
            return call.number(attribute, otherwise);
        }
        if (call.input(position) == null) {
            return otherwise;
        }
        Constant constant = call.floats(position, attribute);
        if (constant.view().count() != 1) {
            throw call.malformed("its " + attribute + " must be a single number");
        }
        return constant.floats()[0];
    }

    private List<Value> softmax(Call call, String name) {
        Signal signal = call.signal(0);
        int axis = call.axis(call.integer("axis", call.opset() < 13 ? 1 : -1), signal.rank());
        boolean rest =
                call.opset() >= 13 || axis == signal.rank() - 1; // before opset 13, over all axes from this axis on
        if (signal.feature() == null) {
            throw call.unsupported("must read a computed value; an input of the model is not supported");
        }
        List<Axis> over = Axis.significant(signal.axes().get(axis));
        if (!rest || !over.equals(Axis.significant(List.of(signal.feature())))) {
            throw call.unsupported(
                    "must be over the features; over another axis, as in attention, it cannot run one step at a time");
        }
        return List.of(signal.with(expressions.activation(signal.expr(), Activation.of(name))));
    }

    private List<Value> batchNorm(Call call) {
        Signal signal = call.signal(0);
        if (call.integer("training_mode", 0) != 0) {
            throw call.unsupported("training mode is not supported");
        }
        if (signal.rank() == 0) {
            throw call.malformed("must read a vector, but reads a single number");
        }
        int channel = signal.rank() == 1 ? 0 : 1;
        signal = alongFeature(call, signal, channel, "must be over the features; other axes are not supported");
        Weights[] weights = new Weights[4];
        for (int i = 0; i < 4; i++) {
            weights[i] = vector(call, i + 1, signal);
        }
        BatchNorm norm = new BatchNorm(weights[0], weights[1], weights[2], weights[3], call.number("epsilon", 1e-5f));
        Expression expr = expressions.make(Kind.BATCH_NORM, List.of(signal.expr()), norm, weights[0].rows());
        return List.of(signal.with(expr));
    }

    private List<Value> layerNorm(Call call) {
        Signal signal = call.signal(0);
        int axis = call.axis(call.integer("axis", -1), signal.rank());
        String refusal = "must be over the features; other axes, such as several steps, are not supported";
        if (axis != signal.rank() - 1) {
            throw call.unsupported(refusal);
        }
        signal = alongFeature(call, signal, axis, refusal);
        Weights weight = vector(call, 1, signal);
        Weights bias = call.input(2) == null ? null : vector(call, 2, signal);
        LayerNorm norm = new LayerNorm(weight, bias, call.number("epsilon", 1e-5f));
        return List.of(signal.with(expressions.make(Kind.LAYER_NORM, List.of(signal.expr()), norm, weight.rows())));
    }

    /** Returns the vectors along the operator's dimension; the operator's weights determine their length. */
    private static Signal alongFeature(Call call, Signal signal, int dimension, String refusal) {
        Signal along = signal.alongFeature(dimension, -1);
        if (along == null) {
            throw call.unsupported(refusal);
        }
        Constant weight = call.floats(1, "input 1");
        along.bindUnits(weight.view().count());
        return along;
    }

    private static Weights vector(Call call, int position, Signal signal) {
        Constant constant = call.floats(position, "input " + position);
        long units = signal.expr().units();
        if (constant.view().rank() != 1 || (units >= 0 && constant.view().count() != units)) {
            throw call.malformed("its input " + position + " must be a vector of " + units + " elements");
        }
        return Weights.vector(constant.name(), constant.floats());
    }
}
