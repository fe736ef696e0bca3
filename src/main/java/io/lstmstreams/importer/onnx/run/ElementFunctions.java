package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.ojalgo.function.special.ErrorFunction;

/** Operators on single elements (onnx/docs/Operators.md). */
final class ElementFunctions {
    private static final double SELU_ALPHA = 1.67326319217681884765625;
    private static final double SELU_GAMMA = 1.05070102214813232421875;

    private ElementFunctions() {}

    static Map<String, NodeFunction> all() {
        Map<String, NodeFunction> all = new HashMap<>();
        binary(all, "Add", Double::sum);
        binary(all, "Sub", (a, b) -> a - b);
        binary(all, "Mul", (a, b) -> a * b);
        binary(all, "Pow", Math::pow);
        all.put("Div", call -> {
            boolean floating = call.input(0).type().isFloating();
            return combined(call, floating ? (a, b) -> a / b : (a, b) -> (double) ((long) a / (long) b));
        });
        all.put("Mod", call -> {
            boolean truncated = call.integer("fmod", 0) != 0;
            return combined(call, (a, b) -> truncated ? a % b : a - Math.floor(a / b) * b);
        });
        comparison(all, "Equal", (a, b) -> a == b ? 1 : 0);
        comparison(all, "Less", (a, b) -> a < b ? 1 : 0);
        comparison(all, "LessOrEqual", (a, b) -> a <= b ? 1 : 0);
        comparison(all, "Greater", (a, b) -> a > b ? 1 : 0);
        comparison(all, "GreaterOrEqual", (a, b) -> a >= b ? 1 : 0);
        comparison(all, "And", (a, b) -> a != 0 && b != 0 ? 1 : 0);
        comparison(all, "Or", (a, b) -> a != 0 || b != 0 ? 1 : 0);
        unary(all, "Not", x -> x == 0 ? 1 : 0);
        unary(all, "Neg", x -> -x);
        unary(all, "Abs", Math::abs);
        unary(all, "Sign", Math::signum);
        unary(all, "Floor", Math::floor);
        unary(all, "Ceil", Math::ceil);
        unary(all, "Sqrt", Math::sqrt);
        unary(all, "Reciprocal", x -> 1 / x);
        unary(all, "Exp", Math::exp);
        unary(all, "Log", Math::log);
        unary(all, "Sin", Math::sin);
        unary(all, "Cos", Math::cos);
        unary(all, "Erf", ErrorFunction::erf);
        unary(all, "Tanh", Math::tanh);
        unary(all, "Sigmoid", ElementFunctions::sigmoid);
        unary(all, "Relu", x -> Math.max(0, x));
        unary(all, "Softplus", ElementFunctions::softplus);
        unary(all, "Softsign", x -> x / (1 + Math.abs(x)));
        unary(all, "Mish", x -> x * Math.tanh(softplus(x)));
        unary(all, "HardSwish", x -> x * Math.max(0, Math.min(1, x / 6 + 0.5)));
        all.put("LeakyRelu", call -> map(call, leaky(call.number("alpha", 0.01))));
        all.put("Elu", call -> map(call, elu(call.number("alpha", 1))));
        all.put("ThresholdedRelu", call -> {
            double alpha = call.number("alpha", 1);
            return map(call, x -> x > alpha ? x : 0);
        });
        all.put("HardSigmoid", call -> {
            double alpha = call.number("alpha", 0.2);
            double beta = call.number("beta", 0.5);
            return map(call, x -> Math.max(0, Math.min(1, alpha * x + beta)));
        });
        all.put("Selu", call -> {
            double gamma = call.number("gamma", SELU_GAMMA);
            DoubleUnaryOperator elu = elu(call.number("alpha", SELU_ALPHA));
            return map(call, x -> gamma * elu.applyAsDouble(x));
        });
        all.put(
                "Gelu",
                call -> map(
                        call,
                        call.text("approximate", "none").equals("tanh")
                                ? x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
                                : x -> 0.5 * x * (1 + ErrorFunction.erf(x / Math.sqrt(2)))));
        all.put("Celu", call -> {
            double alpha = call.number("alpha", 1);
            return map(call, x -> Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)));
        });
        all.put("Swish", call -> {
            double alpha = call.number("alpha", 1);
            return map(call, x -> x * sigmoid(alpha * x));
        });
        all.put("PRelu", call -> combined(call, (x, slope) -> x < 0 ? slope * x : x));
        all.put("Clip", call -> {
            double low = call.has(1) ? call.input(1).value(0) : call.number("min", Double.NEGATIVE_INFINITY);
            double high = call.has(2) ? call.input(2).value(0) : call.number("max", Double.POSITIVE_INFINITY);
            return map(call, x -> Math.min(high, Math.max(low, x)));
        });
        all.put("Sum", call -> folded(call, Double::sum));
        all.put("Min", call -> folded(call, Math::min));
        all.put("Max", call -> folded(call, Math::max));
        all.put(
                "Mean",
                call -> List.of(folded(call, Double::sum)
                        .get(0)
                        .map(x -> x / call.inputs().size())));
        all.put("Where", ElementFunctions::where);
        all.put("Cast", ElementFunctions::cast);
        all.put("CastLike", call -> List.of(cast(call.input(0), call.input(1).type())));
        for (String same : List.of("Identity", "Dropout")) {
            all.put(same, call -> List.of(call.input(0)));
        }
        return all;
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static double softplus(double x) {
        return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
    }

    static DoubleUnaryOperator leaky(double alpha) {
        return x -> x < 0 ? alpha * x : x;
    }

    static DoubleUnaryOperator elu(double alpha) {
        return x -> x < 0 ? alpha * Math.expm1(x) : x;
    }

    private static void unary(Map<String, NodeFunction> all, String name, DoubleUnaryOperator function) {
        all.put(name, call -> map(call, function));
    }

    private static void binary(Map<String, NodeFunction> all, String name, DoubleBinaryOperator function) {
        all.put(name, call -> combined(call, function));
    }

    private static void comparison(Map<String, NodeFunction> all, String name, DoubleBinaryOperator function) {
        all.put(name, call -> List.of(NdArray.combine(OnnxType.BOOL, call.input(0), aligned(call), function)));
    }

    private static List<NdArray> map(NodeCall call, DoubleUnaryOperator function) {
        return List.of(call.input(0).map(function));
    }

    private static List<NdArray> combined(NodeCall call, DoubleBinaryOperator function) {
        return List.of(NdArray.combine(call.input(0).type(), call.input(0), aligned(call), function));
    }

    /** Returns the second operand; before opset 7, an attribute states at which axis it begins. */
    private static NdArray aligned(NodeCall call) {
        NdArray second = call.input(1);
        if (call.opset() >= 7 || call.attribute("axis") == null) {
            return second;
        }
        int rank = call.input(0).rank();
        int axis = NodeCall.axis(call.integer("axis", 0), rank);
        int[] shape = Arrays.copyOf(second.shape(), Math.max(second.rank(), rank - axis));
        Arrays.fill(shape, second.rank(), shape.length, 1);
        return second.reshaped(shape);
    }

    private static List<NdArray> folded(NodeCall call, DoubleBinaryOperator function) {
        NdArray result = call.input(0);
        for (int i = 1; i < call.inputs().size(); i++) {
            result = NdArray.combine(result.type(), result, call.input(i), function);
        }
        return List.of(result);
    }

    private static List<NdArray> where(NodeCall call) {
        NdArray yes = call.input(1);
        NdArray no = call.input(2);
        int[] shape = NdArray.commonShape(call.input(0).shape(), NdArray.commonShape(yes.shape(), no.shape()));
        NdArray condition = call.input(0).broadcast(shape);
        NdArray left = yes.broadcast(shape);
        NdArray right = no.broadcast(shape);
        double[] values = new double[condition.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = condition.value(i) != 0 ? left.value(i) : right.value(i);
        }
        return List.of(new NdArray(yes.type(), shape, values));
    }

    private static List<NdArray> cast(NodeCall call) {
        String name = call.text("to", ""); // before opset 6
        OnnxType to = (name.isEmpty() ? OnnxType.of(call.integer("to", 1)) : OnnxType.named(name)).orElseThrow();
        return List.of(cast(call.input(0), to));
    }

    /** Converts to a type. The runner rounds to half precision. */
    private static NdArray cast(NdArray array, OnnxType to) {
        DoubleUnaryOperator rounded = switch (to) {
            case DOUBLE, FLOAT16, BFLOAT16 -> x -> x;
            case FLOAT -> array.type() == OnnxType.DOUBLE ? x -> (float) x : x -> x;
            case BOOL -> x -> x == 0 ? 0 : 1;
            default -> x -> x < 0 ? Math.ceil(x) : Math.floor(x);
        };
        return array.map(rounded).as(to);
    }
}
