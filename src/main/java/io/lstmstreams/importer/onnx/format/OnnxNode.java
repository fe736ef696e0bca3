package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Map;

/**
 * One operation of a graph (onnx.proto, {@code NodeProto}).
 *
 * @param opType the operator, such as {@code LSTM}
 * @param domain the operator set; empty for ONNX's own
 * @param name the node's name, possibly empty
 * @param inputs the names of the inputs, in the operator's order; empty for an omitted input
 * @param outputs the names of the outputs; empty for an omitted output
 * @param attributes the attributes by name
 */
public record OnnxNode(
        String opType,
        String domain,
        String name,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes) {}
