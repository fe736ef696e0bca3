package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Map;

/**
 * One operation of a graph (onnx.proto, {@code NodeProto}).
 *
 * @param opType such as {@code LSTM}
 * @param domain the set of operators that it is of; empty for ONNX's own
 * @param name may be empty
 * @param inputs names of what it reads, in the operator's order; an empty name is an input left out
 * @param outputs names of what it makes; an empty name is an output left out
 * @param attributes by name
 */
public record OnnxNode(
        String opType,
        String domain,
        String name,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> attributes) {}
