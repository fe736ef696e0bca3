package io.lstmstreams.importer.onnx;

import java.util.List;

/** The symbolic evaluation of one kind of node. */
interface Operation {

    /**
     * Evaluates a node.
     *
     * @return a value for each of its outputs, or more
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if the node violates the operator's rules, or is not
     *     supported
     */
    List<Value> evaluate(Call call);
}
