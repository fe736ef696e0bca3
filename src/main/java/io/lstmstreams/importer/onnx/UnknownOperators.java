package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxNode;
import java.util.List;
import java.util.Map;

/** The reasons why operators that are not supported are refused. */
final class UnknownOperators {
    private static final String QUANTISED =
            "its numbers are quantised to integers, which is not supported; import the model from before its"
                    + " quantisation";
    private static final String ATTENTION =
            "attention relates each step to all other steps, so that it cannot run one step at a time";
    private static final String WHOLE = "requires the whole sequence, so that it cannot run one step at a time";
    private static final Map<String, List<String>> REASONS = Map.of(
            "a transposed or deformable convolution is not supported",
            List.of("ConvTranspose", "CausalConvWithState", "DeformConv"),
            "pooling combines neighbouring places of its input, which is not supported",
            List.of("MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "GlobalLpPool"),
            ATTENTION,
            List.of(
                    "Attention",
                    "FlexAttention",
                    "MultiHeadAttention",
                    "QAttention",
                    "DecoderMaskedMultiHeadAttention",
                    "GroupQueryAttention"),
            "reads a sequence from its end, which " + WHOLE,
            List.of("ReverseSequence"),
            "a sum of all steps up to each one is not supported",
            List.of("CumSum"),
            "a reduction other than a sum, mean or maximum of the features is not supported",
            List.of("ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"),
            "runs a graph of its own in a loop, which is not read; export the layer as LSTM, GRU or RNN, or one"
                    + " step of it as a"
                    + " graph whose states are inputs and outputs",
            List.of("Loop", "Scan", "SequenceMap"),
            QUANTISED,
            List.of(
                    "QuantizeLinear",
                    "DequantizeLinear",
                    "DynamicQuantizeLinear",
                    "MatMulInteger",
                    "ConvInteger",
                    "QLinearMatMul",
                    "QLinearConv",
                    "QLinearAdd",
                    "QLinearSigmoid",
                    "DynamicQuantizeLSTM",
                    "DynamicQuantizeMatMul",
                    "MatMulIntegerToFloat",
                    "MatMulNBits"),
            "the dimension or the number of its results depends on the values of its input, which is not supported",
            List.of("NonZero", "Unique", "Compress"));

    private UnknownOperators() {}

    static String reason(OnnxNode node) {
        for (Map.Entry<String, List<String>> reason : REASONS.entrySet()) {
            if (reason.getValue().contains(node.opType())) {
                return reason.getKey();
            }
        }
        return switch (node.domain()) {
            case "" -> "the operator is not supported";
            case "com.microsoft" ->
                "the operator is one of ONNX Runtime's own, which its optimisation writes; import the model from before"
                        + " its optimisation";
            case "ai.onnx.ml" -> "the operator is one of classical machine learning, which is not supported";
            default ->
                "the operator belongs to the domain " + node.domain()
                        + ", which the file does not define, so that its meaning is unknown";
        };
    }
}
