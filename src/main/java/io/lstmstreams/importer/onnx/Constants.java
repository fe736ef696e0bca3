package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import io.lstmstreams.importer.onnx.format.OnnxTensor;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the constants of a file: initializers, and nodes of the operator Constant. */
final class Constants {
    private Constants() {}

    static Constant of(OnnxTensor tensor, Budget budget) {
        OnnxType type = tensor.type();
        int count = tensor.count();
        int[] dims = Arrays.stream(tensor.dims()).mapToInt(Math::toIntExact).toArray();
        String name = tensor.name().isEmpty() ? "a constant" : tensor.name();
        if (type.isFloating()) {
            budget.take(count); // several may be at the same place of a file
            return Constant.of(tensor.floats(), type, name, dims);
        }
        budget.take(4L * count); // an integer is an object, because it may depend on open sizes
        return Constant.of(numbers(tensor.integers()), type, name, dims);
    }

    private static SymbolicInteger[] numbers(long... values) {
        return Arrays.stream(values).mapToObj(SymbolicInteger::of).toArray(SymbolicInteger[]::new);
    }

    /** Evaluates a node of the operator Constant. */
    static List<Value> ofNode(Call call, Budget budget) {
        String name = call.node().outputs().isEmpty()
                ? "a constant"
                : call.node().outputs().get(0);
        for (OnnxAttribute attribute : call.node().attributes().values()) {
            Constant constant = of(attribute, name, budget);
            if (constant != null) {
                return List.of(constant);
            }
        }
        throw call.unsupported("a constant must hold numbers, but holds another type");
    }

    private static @Nullable Constant of(OnnxAttribute attribute, String name, Budget budget) {
        return switch (attribute.name()) {
            case "value" ->
                attribute.tensor().map(tensor -> of(tensor, budget).named(name)).orElse(null);
            case "value_float" -> Constant.of(new float[] {attribute.number()}, OnnxType.FLOAT, name);
            case "value_floats" -> Constant.of(attribute.numbers(), OnnxType.FLOAT, name, attribute.numbers().length);
            case "value_int" -> Constant.of(numbers(attribute.integer()), OnnxType.INT64, name);
            case "value_ints" ->
                Constant.of(numbers(attribute.integers()), OnnxType.INT64, name, attribute.integers().length);
            default -> null;
        };
    }
}
