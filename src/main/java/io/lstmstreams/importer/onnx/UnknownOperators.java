package io.lstmstreams.importer.onnx;

import java.util.List;
import java.util.Map;

/** The reasons why operators that cannot be part of one step are refused. */
final class UnknownOperators {
    private static final String WHOLE =
            " requires several steps of the sequence at once and cannot run one step at a time";
    private static final Map<String, List<String>> REASONS = Map.of(
            "a convolution" + WHOLE,
            List.of("Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "CausalConvWithState", "DeformConv"),
            "pooling" + WHOLE,
            List.of("MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "GlobalLpPool"),
            "attention" + WHOLE,
            List.of("Attention", "RotaryEmbedding", "FlexAttention"),
            "a general tensor product is not supported",
            List.of("Einsum"),
            "reading a sequence from its end" + WHOLE,
            List.of("ReverseSequence"),
            "a reduction or a sum along an axis is not supported; over time, it cannot run one step at a time",
            List.of("ReduceMax", "ReduceMin", "ReduceSum", "ReduceProd", "ReduceL2", "ReduceSumSquare", "CumSum"),
            "control flow around the recurrence is not supported",
            List.of("If", "Loop", "Scan", "SequenceMap"),
            "integer-quantised weights are not supported",
            List.of("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "QLinearMatMul"));

    private UnknownOperators() {}

    static String reason(String operator) {
        for (Map.Entry<String, List<String>> reason : REASONS.entrySet()) {
            if (reason.getValue().contains(operator)) {
                return reason.getKey();
            }
        }
        return "the operator is not supported";
    }
}
