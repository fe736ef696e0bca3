package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.BatchNorm;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.LayerNorm;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.Value.UnsupportedResult;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Evaluates functions of one step's vector: activations and normalisations. */
final class VectorOps {
    private static final List<String> PLAIN = List.of("Relu", "Tanh", "Sigmoid", "Softplus", "Softsign");
    private static final List<String> WITH_PARAMETERS = List.of("HardSigmoid", "LeakyRelu", "Elu", "ThresholdedRelu");
    private static final float SELU_ALPHA = 1.6732632f;
    private static final float SELU_GAMMA = 1.050701f;

    private final Expressions expressions;
    private final TimeAndStates roles;

    VectorOps(Expressions expressions, TimeAndStates roles) {
        this.expressions = expressions;
        this.roles = roles;
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
        operations.put("Log", this::log);
        operations.put("Celu", this::celu);
        operations.put("HardSwish", this::hardSwish);
        operations.put("Mish", this::mish);
        operations.put("Swish", this::swish);
        operations.put("PRelu", this::leaky);
        operations.put("Gelu", this::gelu);
        operations.put("Selu", this::selu);
        operations.put("Clip", this::clip);
        operations.put("Softmax", call -> softmax(call, "softmax"));
        operations.put("LogSoftmax", call -> softmax(call, "log_softmax"));
        operations.put("BatchNormalization", this::batchNorm);
        operations.put("LayerNormalization", this::layerNorm);
        operations.put("ArgMax", call -> List.of(new UnsupportedResult("ArgMax")));
        operations.put("ArgMin", call -> List.of(new UnsupportedResult("ArgMin")));
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
        return switch (call.text("approximate", "none")) {
            case "none" -> apply(call, Activation.of("gelu"));
            case "tanh" -> function(call, this::geluByTanh);
            default -> throw call.unsupported("its approximation must be none or tanh");
        };
    }

    /** Returns x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    private Expression geluByTanh(Expression x) {
        Expression cube = expressions.multiply(expressions.multiply(x, x), x);
        Expression inner = expressions.add(x, scaled(cube, 0.044715f, 0));
        Expression tanh = expressions.activation(scaled(inner, (float) Math.sqrt(2 / Math.PI), 0), Activation.TANH);
        return expressions.multiply(x, scaled(tanh, 0.5f, 0.5f));
    }

    private Expression scaled(Expression x, float scale, float shift) {
        return expressions.affine(x, Weights.filled(1, scale), Weights.filled(1, shift));
    }

    private List<Value> function(Call call, UnaryOperator<Expression> function) {
        Signal signal = call.signal(0);
        return List.of(signal.with(function.apply(signal.expr())));
    }

    private List<Value> selu(Call call) {
        float alpha = call.number("alpha", SELU_ALPHA);
        float gamma = call.number("gamma", SELU_GAMMA);
        boolean usual = alpha == SELU_ALPHA && gamma == SELU_GAMMA;
        return apply(call, usual ? Activation.of("selu") : new Activation("selu", alpha, gamma));
    }

    /** Returns alpha * elu(x / alpha). */
    private List<Value> celu(Call call) {
        float alpha = call.number("alpha", 1);
        return function(call, x -> scaled(expressions.activation(scaled(x, 1 / alpha, 0), onnx("Elu")), alpha, 0));
    }

    private List<Value> hardSwish(Call call) {
        Activation gate = onnx("HardSigmoid").with(1f / 6, 0.5f);
        return function(call, x -> expressions.multiply(x, expressions.activation(x, gate)));
    }

    private List<Value> mish(Call call) {
        return function(call, x -> {
            Expression softplus = expressions.activation(x, Activation.of("softplus"));
            return expressions.multiply(x, expressions.activation(softplus, Activation.TANH));
        });
    }

    private List<Value> swish(Call call) {
        float alpha = call.number("alpha", 1);
        return function(
                call, x -> expressions.multiply(x, expressions.activation(scaled(x, alpha, 0), Activation.SIGMOID)));
    }

    private List<Value> leaky(Call call) {
        Signal signal = call.signal(0);
        Constant slope = call.floats(1, "slope");
        float[] slopes = Broadcasting.sameForAllRows(slope).floats();
        Weights weights = Weights.vector("slope", slopes);
        if (Float.isNaN(weights.common())) {
            throw call.unsupported("a slope for each feature is not supported, but one slope for all is");
        }
        return List.of(signal.with(
                expressions.activation(signal.expr(), onnx("LeakyRelu").with(weights.common(), null))));
    }

    /** Returns the logarithm of a softmax. */
    private List<Value> log(Call call) {
        Signal signal = call.signal(0);
        boolean isSoftmax =
                signal.expr().is(Kind.ACTIVATION) && signal.expr().data().equals(Activation.of("softmax"));
        if (!isSoftmax) {
            throw call.unsupported("a logarithm is supported only of a softmax");
        }
        return List.of(signal.with(expressions.activation(signal.expr().below(), Activation.of("log_softmax"))));
    }

    private List<Value> clip(Call call) {
        if (call.required(0) instanceof Constant constant && !constant.isFloating()) {
            return List.of(atLeast(call, constant));
        }
        if (call.required(0) instanceof Signal signal && !signal.type().isFloating()) {
            return List.of(new UnsupportedResult(call.nodeText() + ", which computes with integers"));
        }
        float low = bound(call, 1, "min", -Float.MAX_VALUE);
        float high = bound(call, 2, "max", Float.MAX_VALUE);
        boolean isBelow = low > -Float.MAX_VALUE;
        boolean isAbove = high < Float.MAX_VALUE;
        if (low == 0 && high == 6) {
            return apply(call, Activation.of("relu6"));
        }
        if (low == -1 && high == 1) {
            return apply(call, Activation.of("hard_tanh"));
        }
        if (!(low < high)) {
            throw call.unsupported("a lower bound of " + low + " with an upper bound of " + high + " is not supported");
        }
        if (isBelow && isAbove) {
            Activation gate = onnx("HardSigmoid").with(1 / (high - low), -low / (high - low));
            return function(call, x -> scaled(expressions.activation(x, gate), high - low, low));
        }
        return isBelow
                ? function(call, x -> relu(x, 1, low))
                : isAbove ? function(call, x -> relu(x, -1, high)) : List.of(call.required(0));
    }

    /** Returns integers that a lower bound does not change, such as the place of the last step. */
    private static Value atLeast(Call call, Constant constant) {
        SymbolicInteger[] bounds = call.input(1) == null ? new SymbolicInteger[0] : call.numbers(1, "min");
        boolean within = call.input(2) == null
                && Arrays.stream(bounds).allMatch(SymbolicInteger::isConstant)
                && Arrays.stream(constant.numbers())
                        .allMatch(number -> Arrays.stream(bounds).allMatch(bound -> number.isAtLeast(bound.offset())));
        if (!within) {
            throw call.unsupported("bounds on integers are supported only if they change nothing");
        }
        return constant;
    }

    /** Returns max(x, bound) for sign 1, and min(x, bound) for sign -1. */
    private Expression relu(Expression x, float sign, float bound) {
        Expression distance = expressions.activation(scaled(x, sign, -sign * bound), Activation.of("relu"));
        return scaled(distance, sign, bound);
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
        boolean flattens = call.opset() < 13; // the axes from one on are one vector
        int axis = call.axis(call.integer("axis", flattens ? 1 : -1), signal.rank());
        if (signal.feature() == null) {
            throw call.unsupported("must read a computed value; an input of the model is not supported");
        }
        List<Axis> features = Axis.significant(List.of(signal.feature()));
        for (int i = axis; i < (flattens ? signal.rank() : axis + 1); i++) {
            List<Axis> over = Axis.significant(signal.axes().get(i));
            boolean isBatch = flattens && !roles.isTimeOrUnknown(over) && Axis.size(over) < 0; // one sequence
            if (!over.equals(features) && !over.isEmpty() && !isBatch) {
                throw call.unsupported("must be over the features, but is over "
                        + roles.describe(over, i)
                        + (flattens ? ": before opset 13 it is over all dimensions from its axis on" : ""));
            }
        }
        boolean overFeatures =
                features.isEmpty() || signal.featureAt() == axis || (flattens && signal.featureAt() > axis);
        if (!overFeatures) {
            throw call.unsupported("must be over the features, but is over dimension " + axis + " of its input");
        }
        return List.of(signal.with(expressions.activation(signal.expr(), Activation.of(name))));
    }

    private List<Value> batchNorm(Call call) {
        Signal signal = call.signal(0);
        boolean trains = call.integer("training_mode", 0) != 0 || (call.opset() < 7 && call.integer("is_test", 0) == 0);
        if (trains || call.integer("spatial", 1) == 0) {
            throw call.unsupported(
                    trains
                            ? "training mode is not supported; export the model in evaluation mode"
                            : "statistics for each place (spatial = 0) are not supported");
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
