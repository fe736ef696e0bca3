package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.UnsupportedResult;
import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Evaluates operators on integers with which exporters sort the sequences of a batch, which here is one sequence. */
final class SmallConstants {
    private SmallConstants() {}

    static Map<String, Operation> operations() {
        return Map.of(
                "TopK", SmallConstants::largest,
                "ScatterElements", SmallConstants::scattered,
                "ReduceProd", SmallConstants::product,
                "Size", SmallConstants::product);
    }

    private static List<Value> largest(Call call) {
        Value value = call.required(0);
        if (value instanceof Constant constant && constant.view().count() == 1) {
            SymbolicInteger[] first = {SymbolicInteger.of(0)};
            return List.of(
                    constant,
                    Constant.of(
                            first, OnnxType.INT64, "an order", constant.view().dims()));
        }
        UnsupportedResult aside = new UnsupportedResult(call.nodeText());
        return List.of(aside, aside);
    }

    private static List<Value> scattered(Call call) {
        boolean single = call.required(0) instanceof Constant data
                && call.required(2) instanceof Constant
                && data.view().count() == 1
                && Arrays.stream(call.integers(1, "indices")).allMatch(index -> index == 0);
        if (!single) {
            throw call.unsupported(
                    "writes into parts of a tensor, which is supported only for the order of one" + " sequence");
        }
        return List.of(call.required(2));
    }

    private static List<Value> product(Call call) {
        SymbolicInteger[] factors = call.op().equals("Size")
                ? ShapeOps.sizes(call.required(0))
                : call.required(0) instanceof Constant ? call.numbers(0, "operands") : new SymbolicInteger[0];
        if (factors.length == 0 && call.op().equals("ReduceProd")) {
            throw call.unsupported("a product of computed values along a dimension is not supported");
        }
        SymbolicInteger product = Arrays.stream(factors).reduce(SymbolicInteger.of(1), SymbolicInteger::times);
        boolean keeps = !call.op().equals("Size") && call.integer("keepdims", 1) != 0;
        return List.of(Constant.of(
                new SymbolicInteger[] {product}, OnnxType.INT64, "a product", keeps ? new int[] {1} : new int[0]));
    }
}
