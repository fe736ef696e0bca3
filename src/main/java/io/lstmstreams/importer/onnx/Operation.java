package io.lstmstreams.importer.onnx;

import java.util.List;

/** Follows one kind of node. */
interface Operation {

    /**
     * What the node makes of what it reads.
     *
     * @return a value for each of its outputs, or more
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if it is against the operator's rules, or not followed
     */
    List<Value> follow(Call call);
}
