package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** Products, sums along axes, softmax and normalisations (onnx/docs/Operators.md). */
final class VectorFunctions {
    private VectorFunctions() {}

    static Map<String, NodeFunction> all() {
        Map<String, NodeFunction> all = new HashMap<>();
        all.put("MatMul", call -> List.of(NdArray.product(call.input(0), call.input(1))));
        all.put("Gemm", VectorFunctions::gemm);
        all.put("Einsum", VectorFunctions::einsum);
        all.put("ReduceSum", call -> reduced(call, 0, Double::sum));
        all.put("ReduceProd", call -> reduced(call, 1, (a, b) -> a * b));
        all.put("ReduceMax", call -> reduced(call, Double.NEGATIVE_INFINITY, Math::max));
        all.put("ReduceMin", call -> reduced(call, Double.POSITIVE_INFINITY, Math::min));
        all.put("ReduceMean", call -> {
            NdArray sum = reduced(call, 0, Double::sum).get(0);
            double count = (double) call.input(0).size() / sum.size();
            return List.of(sum.map(x -> x / count));
        });
        all.put("ReduceL2", call -> {
            NdArray squares = call.input(0).map(x -> x * x);
            return List.of(reduced(call, squares, 0, Double::sum).map(Math::sqrt));
        });
        all.put("ReduceSumSquare", call -> List.of(reduced(call, call.input(0).map(x -> x * x), 0, Double::sum)));
        all.put("Conv", VectorFunctions::convolution);
        all.put("CumSum", VectorFunctions::cumulated);
        all.put("Softmax", call -> List.of(softmax(call, false)));
        all.put("LogSoftmax", call -> List.of(softmax(call, true)));
        all.put("BatchNormalization", VectorFunctions::batchNormalization);
        all.put("LayerNormalization", VectorFunctions::layerNormalization);
        all.put("ArgMax", call -> argument(call, 1));
        all.put("ArgMin", call -> argument(call, -1));
        all.put("TopK", VectorFunctions::largest);
        return all;
    }

    private static List<NdArray> gemm(NodeCall call) {
        NdArray a = call.integer("transA", 0) != 0 ? call.input(0).transposed(1, 0) : call.input(0);
        NdArray b = call.integer("transB", 0) != 0 ? call.input(1).transposed(1, 0) : call.input(1);
        double alpha = call.number("alpha", 1);
        double beta = call.number("beta", 1);
        NdArray product = NdArray.product(a, b).map(x -> alpha * x);
        return List.of(
                call.has(2)
                        ? NdArray.combine(product.type(), product, call.input(2), (x, c) -> x + beta * c)
                        : product);
    }

    /** A convolution over one axis; over several axes, with a kernel of one place only. */
    private static List<NdArray> convolution(NodeCall call) {
        NdArray kernel = call.input(1);
        NdArray x = call.input(0);
        int length = x.size() / Math.max(1, x.dim(0) * x.dim(1));
        int places = kernel.size() / Math.max(1, kernel.dim(0) * kernel.dim(1));
        long[] pads = call.integers("pads", -1);
        boolean padded = pads != null && Arrays.stream(pads).anyMatch(pad -> pad != 0);
        if (padded
                || (x.rank() > 3 && places > 1)
                || !call.text("auto_pad", "NOTSET").equals("NOTSET")) {
            throw new IllegalArgumentException("padding is not supported");
        }
        long[] strides = call.integers("strides", -1);
        int stride = strides == null || x.rank() > 3 ? 1 : (int) strides[0];
        long[] dilations = call.integers("dilations", -1);
        int dilation = dilations == null ? 1 : (int) dilations[0];
        int inputs = kernel.dim(1); // of a group
        int outputs = kernel.dim(0);
        int ofGroup = outputs / (int) call.integer("group", 1);
        int count = (length - dilation * (places - 1) - 1) / stride + 1;
        double[] values = new double[x.dim(0) * outputs * count];
        for (int i = 0; i < values.length; i++) {
            int at = i % count;
            int output = i / count % outputs;
            int batch = i / count / outputs;
            double sum = call.has(2) ? call.input(2).value(output) : 0;
            for (int k = 0; k < inputs * places; k++) {
                int channel = output / ofGroup * inputs + k / places;
                int place = at * stride + k % places * dilation;
                sum += kernel.value(output * inputs * places + k)
                        * x.value((batch * x.dim(1) + channel) * length + place);
            }
            values[i] = sum;
        }
        int[] shape = x.shape();
        shape[1] = outputs;
        if (shape.length == 3) {
            shape[2] = count;
        }
        return List.of(new NdArray(x.type(), shape, values));
    }

    /** Sums the product of all operands over the letters that the result does not have. */
    private static List<NdArray> einsum(NodeCall call) {
        String equation = call.text("equation", "").replace(" ", "");
        if (!equation.matches("[a-zA-Z]+(,[a-zA-Z]+)*->[a-zA-Z]*")) {
            throw new IllegalArgumentException("the equation " + equation + " is not supported");
        }
        String[] sides = equation.split("->", -1);
        String[] operands = sides[0].split(",", -1);
        StringBuilder letters = new StringBuilder(sides[1]);
        for (char letter : sides[0].replace(",", "").toCharArray()) {
            if (letters.indexOf(String.valueOf(letter)) < 0) {
                letters.append(letter);
            }
        }
        int[] whole = new int[letters.length()];
        Arrays.fill(whole, 1);
        for (int i = 0; i < operands.length; i++) {
            for (int axis = 0; axis < operands[i].length(); axis++) {
                whole[letters.indexOf(operands[i].substring(axis, axis + 1))] =
                        call.input(i).dim(axis);
            }
        }
        NdArray product = NdArray.scalar(call.input(0).type(), 1);
        for (int i = 0; i < operands.length; i++) {
            product = NdArray.combine(
                    product.type(), product, aligned(call.input(i), operands[i], letters), (x, y) -> x * y);
        }
        product = product.broadcast(whole);
        for (int axis = sides[1].length(); axis < whole.length; axis++) {
            product = product.reduced(axis, 0, Double::sum);
        }
        return List.of(product.reshaped(Arrays.copyOf(whole, sides[1].length())));
    }

    /** Returns an operand with an axis for each letter; letters that it does not have get length 1. */
    private static NdArray aligned(NdArray operand, String own, CharSequence letters) {
        List<Integer> order = new ArrayList<>();
        int[] shape = new int[letters.length()];
        for (int i = 0; i < shape.length; i++) {
            int axis = own.indexOf(letters.charAt(i));
            shape[i] = axis < 0 ? 1 : operand.dim(axis);
            if (axis >= 0) {
                order.add(axis);
            }
        }
        if (order.size() != operand.rank()) {
            throw new IllegalArgumentException("a repeated letter in " + own + " is not supported");
        }
        return operand.transposed(order.stream().mapToInt(Integer::intValue).toArray())
                .reshaped(shape);
    }

    private static List<NdArray> reduced(NodeCall call, double start, DoubleBinaryOperator function) {
        return List.of(reduced(call, call.input(0), start, function));
    }

    private static NdArray reduced(NodeCall call, NdArray x, double start, DoubleBinaryOperator function) {
        long[] axes = call.integers("axes", 1);
        if (axes == null || axes.length == 0) {
            if (call.integer("noop_with_empty_axes", 0) != 0) {
                return x;
            }
            axes = new long[x.rank()];
            Arrays.setAll(axes, i -> i);
        }
        NdArray result = x;
        boolean[] gone = new boolean[x.rank()];
        for (long each : axes) {
            int axis = NodeCall.axis(each, x.rank());
            gone[axis] = true;
            result = result.reduced(axis, start, function);
        }
        if (call.integer("keepdims", 1) != 0) {
            return result;
        }
        return result.without(gone);
    }

    private static List<NdArray> cumulated(NodeCall call) {
        NdArray x = call.input(0);
        int axis = NodeCall.axis((long) call.input(1).value(0), x.rank());
        List<NdArray> parts = new ArrayList<>();
        NdArray sum = null;
        for (int i = 0; i < x.dim(axis); i++) {
            NdArray place = x.sliced(axis, i, 1, 1);
            sum = sum == null ? place : NdArray.combine(x.type(), sum, place, Double::sum);
            parts.add(sum);
        }
        return List.of(NdArray.concatenated(axis, parts));
    }

    /** Before opset 13, all axes from {@code axis} on are one vector. */
    private static NdArray softmax(NodeCall call, boolean log) {
        NdArray x = call.input(0);
        boolean one = call.opset() >= 13;
        int axis = NodeCall.axis(call.integer("axis", one ? -1 : 1), x.rank());
        NdArray flat = one ? x : x.reshaped(x.before(axis), x.size() / Math.max(1, x.before(axis)));
        int along = one ? axis : 1;
        NdArray most = flat.reduced(along, Double.NEGATIVE_INFINITY, Math::max);
        NdArray shifted = NdArray.combine(x.type(), flat, most, (a, b) -> a - b);
        NdArray total = shifted.map(Math::exp).reduced(along, 0, Double::sum);
        NdArray result = log
                ? NdArray.combine(x.type(), shifted, total, (a, b) -> a - Math.log(b))
                : NdArray.combine(x.type(), shifted.map(Math::exp), total, (a, b) -> a / b);
        return result.reshaped(x.shape());
    }

    private static List<NdArray> batchNormalization(NodeCall call) {
        NdArray x = call.input(0);
        int[] shape = new int[x.rank()];
        Arrays.fill(shape, 1);
        shape[Math.min(1, shape.length - 1)] = call.input(1).size();
        double epsilon = call.number("epsilon", 1e-5);
        NdArray centred = NdArray.combine(x.type(), x, call.input(3).reshaped(shape), (a, b) -> a - b);
        NdArray scaled =
                NdArray.combine(x.type(), centred, call.input(4).reshaped(shape), (a, b) -> a / Math.sqrt(b + epsilon));
        scaled = NdArray.combine(x.type(), scaled, call.input(1).reshaped(shape), (a, b) -> a * b);
        return List.of(NdArray.combine(x.type(), scaled, call.input(2).reshaped(shape), Double::sum));
    }

    private static List<NdArray> layerNormalization(NodeCall call) {
        NdArray x = call.input(0);
        int axis = NodeCall.axis(call.integer("axis", -1), x.rank());
        double epsilon = call.number("epsilon", 1e-5);
        int length = x.size() / Math.max(1, x.before(axis));
        NdArray flat = x.reshaped(x.before(axis), length);
        NdArray mean = flat.reduced(1, 0, Double::sum).map(sum -> sum / length);
        NdArray centred = NdArray.combine(x.type(), flat, mean, (a, b) -> a - b);
        NdArray variance = centred.map(a -> a * a).reduced(1, 0, Double::sum).map(sum -> sum / length);
        NdArray scaled = NdArray.combine(x.type(), centred, variance, (a, b) -> a / Math.sqrt(b + epsilon))
                .reshaped(x.shape());
        scaled = NdArray.combine(x.type(), scaled, call.input(1), (a, b) -> a * b);
        return List.of(call.has(2) ? NdArray.combine(x.type(), scaled, call.input(2), Double::sum) : scaled);
    }

    /** Returns the largest or smallest elements along an axis, sorted, and their places. */
    private static List<NdArray> largest(NodeCall call) {
        NdArray x = call.input(0);
        int axis = NodeCall.axis(call.integer("axis", -1), x.rank());
        int count = (int) (call.has(1) ? call.input(1).value(0) : call.integer("k", 1));
        int sign = call.integer("largest", 1) != 0 ? -1 : 1;
        int after = x.after(axis);
        int[] shape = x.shape();
        shape[axis] = count;
        double[] values = new double[NdArray.size(shape)];
        double[] places = new double[values.length];
        for (int i = 0; i < x.before(axis) * after; i++) {
            int start = i / after * x.dim(axis) * after + i % after;
            List<Integer> order = new ArrayList<>();
            for (int place = 0; place < x.dim(axis); place++) {
                order.add(place);
            }
            order.sort(Comparator.comparingDouble(place -> sign * x.value(start + place * after)));
            for (int k = 0; k < count; k++) {
                int to = (i / after * count + k) * after + i % after;
                values[to] = x.value(start + order.get(k) * after);
                places[to] = order.get(k);
            }
        }
        return List.of(new NdArray(x.type(), shape, values), new NdArray(OnnxType.INT64, shape, places));
    }

    private static List<NdArray> argument(NodeCall call, int sign) {
        NdArray x = call.input(0);
        int axis = NodeCall.axis(call.integer("axis", 0), x.rank());
        boolean last = call.integer("select_last_index", 0) != 0;
        int after = x.after(axis);
        double[] places = new double[x.before(axis) * after];
        for (int i = 0; i < places.length; i++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int place = 0; place < x.dim(axis); place++) {
                double value = sign * x.value((i / after * x.dim(axis) + place) * after + i % after);
                if (value > best || (last && value == best)) {
                    best = value;
                    places[i] = place;
                }
            }
        }
        int[] shape = x.shape();
        shape[axis] = 1;
        NdArray kept = new NdArray(OnnxType.INT64, shape, places);
        if (call.integer("keepdims", 1) != 0) {
            return List.of(kept);
        }
        boolean[] gone = new boolean[x.rank()];
        gone[axis] = true;
        return List.of(kept.without(gone));
    }
}
