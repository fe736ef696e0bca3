package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.Arrays;
import java.util.List;

/** Evaluates the operator Where. */
final class WhereOp {
    private final Budget budget;

    WhereOp(Budget budget) {
        this.budget = budget;
    }

    /** Evaluates a choice among integers, as in computations of shapes, or a choice whose condition is constant. */
    List<Value> where(Call call) {
        if (call.input(0) instanceof Constant known && !known.isFloating()) {
            SymbolicInteger[] choices = known.numbers();
            boolean always = Arrays.stream(choices).allMatch(choice -> choice.is(1));
            boolean never = Arrays.stream(choices).allMatch(choice -> choice.is(0));
            Value chosen = call.required(always ? 1 : 2);
            if ((always || never)
                    && chosen instanceof Signal signal
                    && signal.rank() >= known.view().rank()) {
                return List.of(chosen);
            }
        }
        boolean isIndex = call.input(0) instanceof Value.BelowZero test
                && call.input(2) instanceof Signal index
                && test.index() == index.expr();
        if (isIndex) {
            return List.of(call.input(2));
        }
        Constant condition = ConstantFolding.constant(call.required(0));
        Constant a = ConstantFolding.constant(call.required(1));
        Constant b = ConstantFolding.constant(call.required(2));
        if (condition == null || a == null || b == null || condition.isFloating() || a.isFloating() || b.isFloating()) {
            throw call.unsupported("a choice between computed values is not supported");
        }
        int[] dims = ConstantFolding.broadcast(
                call,
                ConstantFolding.broadcast(
                        call, condition.view().dims(), a.view().dims()),
                b.view().dims());
        budget.take(dims);
        SymbolicInteger[] choices =
                condition.with(condition.view().expanded(dims)).numbers();
        SymbolicInteger[] x = a.with(a.view().expanded(dims)).numbers();
        SymbolicInteger[] y = b.with(b.view().expanded(dims)).numbers();
        Arrays.setAll(choices, i -> choices[i].is(1) ? x[i] : choices[i].is(0) ? y[i] : SymbolicInteger.UNKNOWN);
        return List.of(Constant.of(choices, a.type(), a.name(), dims));
    }
}
