package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import io.lstmstreams.importer.onnx.format.OnnxGraph;

/** Chooses the branch of an If whose condition is known before the graph runs. */
final class ControlOps {
    private ControlOps() {}

    /** Returns the branch that an If takes. */
    static OnnxGraph branch(Call call) {
        SymbolicInteger[] condition = call.required(0) instanceof Constant constant && !constant.isFloating()
                ? constant.numbers()
                : new SymbolicInteger[] {SymbolicInteger.UNKNOWN};
        if (condition.length != 1 || !condition[0].isConstant()) {
            throw call.unsupported("chooses between two computations while the graph runs, by the size or the"
                    + " value of an"
                    + " input; export with fixed sizes, and name the dimension in each squeeze");
        }
        OnnxAttribute branch = call.node().attributes().get(condition[0].is(0) ? "else_branch" : "then_branch");
        if (branch == null || branch.graph().isEmpty()) {
            throw call.malformed("the graph of its branch is missing");
        }
        OnnxGraph graph = branch.graph().get();
        if (graph.outputs().size() < call.node().outputs().size() || graph.sparse()) {
            throw call.malformed("its branch must have an output for each of its outputs");
        }
        return graph;
    }
}
