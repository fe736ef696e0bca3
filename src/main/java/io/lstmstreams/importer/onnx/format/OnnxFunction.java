package io.lstmstreams.importer.onnx.format;

import java.util.List;
import java.util.Map;

/**
 * An operator that a model defines by other operators (onnx.proto, {@code FunctionProto}).
 *
 * @param name the operator's name
 * @param domain the operator's domain
 * @param inputs the names of its inputs
 * @param outputs the names of its outputs
 * @param defaults the attributes that have a default
 * @param nodes the operations
 */
record OnnxFunction(
        String name,
        String domain,
        List<String> inputs,
        List<String> outputs,
        Map<String, OnnxAttribute> defaults,
        List<OnnxNode> nodes) {

    /** Returns the operator's name with its domain, by which nodes refer to it. */
    String key() {
        return domain + "::" + name;
    }
}
