package io.lstmstreams.importer.onnx.format;

import java.util.List;

/**
 * The computation of a model (onnx.proto, {@code GraphProto}).
 *
 * @param name the graph's name
 * @param nodes the operations
 * @param initializers the constants; a constant with the name of an input is that input's default
 * @param inputs the inputs
 * @param outputs the outputs
 * @param sparse true if the graph has sparse initializers, which are not read
 */
public record OnnxGraph(
        String name,
        List<OnnxNode> nodes,
        List<OnnxTensor> initializers,
        List<OnnxValueInfo> inputs,
        List<OnnxValueInfo> outputs,
        boolean sparse) {}
