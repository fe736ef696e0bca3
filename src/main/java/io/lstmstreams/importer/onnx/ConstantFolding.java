package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Repeated;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates arithmetic on constants, and on numbers that depend on open sizes. */
final class ConstantFolding {
    private final Budget budget;

    ConstantFolding(Budget budget) {
        this.budget = budget;
    }

    /** Returns a constant operand, or null; a constant that repeats along open axes is taken once and broadcast. */
    static @Nullable Constant constant(@Nullable Value value) {
        if (value instanceof Constant constant) {
            return constant;
        }
        if (!(value instanceof Repeated repeated)) {
            return null;
        }
        Constant base = repeated.base();
        int[] dims = repeated.dims().stream()
                .mapToInt(size -> size.isConstant() ? (int) Math.max(0, Math.min(Integer.MAX_VALUE, size.offset())) : 1)
                .toArray();
        for (int i = 0; i < dims.length - 1; i++) {
            dims[i] = 1;
        }
        return dims.length == 0 || dims[dims.length - 1] > 1_000_000 ? null : expandedOrNull(base, dims);
    }

    private static @Nullable Constant expandedOrNull(Constant base, int... dims) {
        Constant single = base.view().count() == 1 ? base.reshaped() : base;
        return single.view().isExpandableTo(dims) ? single.with(single.view().expanded(dims)) : null;
    }

    /** Returns the elementwise result of an operator on two constants. */
    Constant folded(Call call, String op, Constant a, Constant b) {
        int[] dims = broadcast(call, a.view().dims(), b.view().dims());
        int count = budget.take(dims);
        Constant left = a.with(a.view().expanded(dims));
        Constant right = b.with(b.view().expanded(dims));
        if (a.isFloating() != b.isFloating()) {
            throw call.malformed("must have operands of the same type, but has integers and floating-point numbers");
        }
        String name = a.view().count() >= b.view().count() ? a.name() : b.name();
        if (!a.isFloating()) {
            SymbolicInteger[] x = left.numbers();
            SymbolicInteger[] y = right.numbers();
            SymbolicInteger[] result = new SymbolicInteger[count];
            Arrays.setAll(result, i -> number(call, op, x[i], y[i]));
            return Constant.of(result, a.type(), name, dims);
        }
        float[] x = left.floats();
        float[] y = right.floats();
        float[] result = new float[count];
        for (int i = 0; i < count; i++) {
            result[i] = number(call, op, x[i], y[i]);
        }
        return Constant.of(result, a.type(), name, dims);
    }

    static int[] broadcast(Call call, int[] a, int... b) {
        int[] dims = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= dims.length; i++) {
            int x = i > a.length ? 1 : a[a.length - i];
            int y = i > b.length ? 1 : b[b.length - i];
            if (x != y && x != 1 && y != 1) {
                throw call.malformed(
                        "the shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " cannot be broadcast");
            }
            dims[dims.length - i] = x == 1 ? y : x;
        }
        return dims;
    }

    private static SymbolicInteger number(Call call, String op, SymbolicInteger a, SymbolicInteger b) {
        try {
            return switch (op) {
                case "Add" -> a.plus(b);
                case "Sub" -> a.plus(b.times(SymbolicInteger.of(-1)));
                case "Mul" -> a.times(b);
                case "Div" -> a.dividedBy(b);
                case "Max" -> larger(a, b);
                case "Less" -> a.lessThan(b);
                case "Greater" -> b.lessThan(a);
                case "LessOrEqual" -> a.lessThan(b.plus(SymbolicInteger.of(1)));
                case "GreaterOrEqual" -> b.lessThan(a.plus(SymbolicInteger.of(1)));
                case "Equal" ->
                    a.equals(b) && a.known()
                            ? SymbolicInteger.of(1)
                            : a.differsFrom(b) ? SymbolicInteger.of(0) : SymbolicInteger.UNKNOWN;
                default -> throw call.unsupported("integers as inputs are not supported");
            };
        } catch (ArithmeticException e) {
            throw call.malformed("its result is too large");
        }
    }

    private static SymbolicInteger larger(SymbolicInteger a, SymbolicInteger b) {
        if (b.isConstant() && a.isAtLeast(b.offset())) {
            return a;
        }
        return a.isConstant() && b.isAtLeast(a.offset()) ? b : SymbolicInteger.UNKNOWN;
    }

    private static float number(Call call, String op, float a, float b) {
        return switch (op) {
            case "Add" -> a + b;
            case "Sub" -> a - b;
            case "Mul" -> a * b;
            case "Div" -> a / b;
            case "Pow" -> (float) Math.pow(a, b);
            case "Max" -> Math.max(a, b);
            case "Min" -> Math.min(a, b);
            default -> throw call.unsupported("constants as inputs are not supported");
        };
    }

    List<Value> range(Call call) {
        long[] start = call.integers(0, "start");
        long[] limit = call.integers(1, "limit");
        long[] delta = call.integers(2, "delta");
        if (start.length != 1 || limit.length != 1 || delta.length != 1 || delta[0] == 0) {
            throw call.malformed("its start, limit and delta must be single numbers, and delta must not be 0");
        }
        long span = limit[0] - start[0];
        long count = Math.max(0, span / delta[0] + (span % delta[0] == 0 ? 0 : 1));
        budget.take(count > Integer.MAX_VALUE ? Long.MAX_VALUE : 4 * count);
        SymbolicInteger[] numbers = new SymbolicInteger[(int) count];
        Arrays.setAll(numbers, i -> SymbolicInteger.of(start[0] + i * delta[0]));
        return List.of(Constant.of(numbers, ConcatOp.typeOf(call.required(0)), "a range", numbers.length));
    }

    /** Returns the elementwise result of Neg, Sqrt and the like. */
    Constant unary(Call call, Value value) {
        Constant constant = constant(value);
        if (constant == null) {
            throw call.unsupported("a constant of open size as input is not supported");
        }
        int[] dims = constant.view().dims();
        budget.take(dims);
        if (!constant.isFloating()) {
            SymbolicInteger[] numbers = constant.numbers();
            if (!call.op().equals("Neg")) {
                throw call.unsupported("integers as input are not supported");
            }
            Arrays.setAll(numbers, i -> numbers[i].times(SymbolicInteger.of(-1)));
            return Constant.of(numbers, constant.type(), constant.name(), dims);
        }
        float[] floats = constant.floats().clone();
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (call.op()) {
                case "Neg" -> -floats[i];
                case "Abs" -> Math.abs(floats[i]);
                case "Sqrt" -> (float) Math.sqrt(floats[i]);
                default -> 1 / floats[i];
            };
        }
        return Constant.of(floats, constant.type(), constant.name(), dims);
    }
}
