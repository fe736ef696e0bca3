package io.lstmstreams.importer.onnx.format;

import java.util.List;

/**
 * What a model computes (onnx.proto, {@code GraphProto}).
 *
 * @param name of the graph
 * @param nodes its operations
 * @param initializers its constants; one that is also named among the inputs is that input's default
 * @param inputs what it is given
 * @param outputs what it gives
 * @param sparse whether it also has sparse initializers, which are not read
 */
public record OnnxGraph(
        String name,
        List<OnnxNode> nodes,
        List<OnnxTensor> initializers,
        List<OnnxValueInfo> inputs,
        List<OnnxValueInfo> outputs,
        boolean sparse) {}
