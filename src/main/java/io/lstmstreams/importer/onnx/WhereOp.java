package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Affine;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.Arrays;
import java.util.List;

/** Evaluates the operator Where. */
final class WhereOp {
    private static final float LARGE = 15; // softplus(x) is x beyond, within float32

    private final Expressions expressions;
    private final Budget budget;

    WhereOp(Expressions expressions, Budget budget) {
        this.expressions = expressions;
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
        if (call.input(0) instanceof Value.Above above) {
            return List.of(ofElement(call, above));
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

    /** Evaluates a function that is the identity above a bound: a softplus or a leaky ReLU. */
    private Value ofElement(Call call, Value.Above above) {
        Expression x = above.vector();
        Value otherwise = call.required(2);
        if (call.required(1) instanceof Signal same && same.expr() == x) {
            Expression softplus = expressions.activation(x, Activation.of("softplus"));
            if (otherwise instanceof Signal below && below.expr() == softplus && above.bound() >= LARGE) {
                return below;
            }
            boolean isScaled = otherwise instanceof Signal below
                    && below.expr().is(Kind.AFFINE)
                    && below.expr().below() == x
                    && below.expr().data(Affine.class).shift().isZero();
            if (isScaled && above.bound() == 0) {
                float slope =
                        ((Signal) otherwise).expr().data(Affine.class).scale().common();
                if (!Float.isNaN(slope)) {
                    return same.with(expressions.activation(x, new Activation("leaky_relu", slope, null)));
                }
            }
        }
        throw call.unsupported("chooses between two values by the size of a third, which is supported only for"
                + " a softplus and"
                + " a leaky ReLU");
    }
}
