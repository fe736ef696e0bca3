package io.lstmstreams.importer.onnx.run;

import java.util.List;

/** An operator: the outputs of a node by the values of its inputs. */
interface NodeFunction {
    /** Returns the node's outputs. */
    List<NdArray> apply(NodeCall call);
}
