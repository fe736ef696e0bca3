package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Constant;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.ArrayList;
import java.util.List;

/** Evaluates the operator Einsum where it is a product of each step's vector with a constant matrix or vector. */
final class EinsumOp {
    private final Expressions expressions;
    private final Budget budget;

    EinsumOp(Expressions expressions, Budget budget) {
        this.expressions = expressions;
        this.budget = budget;
    }

    List<Value> evaluate(Call call) {
        String equation = call.text("equation", "").replace(" ", "");
        if (!equation.matches("[a-zA-Z]+,[a-zA-Z]*->[a-zA-Z]*") || call.inputs().size() != 2) {
            throw call.unsupported("the equation " + equation + " is not supported, but that of two operands is");
        }
        String[] parts = equation.split(",|->", -1);
        boolean swapped = call.required(0) instanceof Constant;
        Value first = call.required(swapped ? 1 : 0);
        Constant weight = ConstantFolding.constant(call.required(swapped ? 0 : 1));
        if (!(first instanceof Signal signal) || weight == null) {
            throw call.unsupported("its equation " + equation + " multiplies two computed values, which is not"
                    + " supported;"
                    + " one must be constant weights");
        }
        return List.of(product(call, signal, parts[swapped ? 1 : 0], weight, parts[swapped ? 0 : 1], parts[2]));
    }

    private Signal product(Call call, Signal signal, String ofSignal, Constant weight, String ofWeight, String result) {
        if (ofSignal.length() != signal.rank()
                || ofWeight.length() != weight.view().rank()) {
            throw call.malformed("its equation must have a letter for each dimension of its operands");
        }
        String summed = lettersWithout(ofSignal, result);
        String made = lettersWithout(ofWeight, ofSignal);
        boolean isProduct = summed.length() == 1
                && made.length() <= 1
                && ofWeight.length() == made.length() + 1
                && ofWeight.contains(summed)
                && lettersWithout(result, ofSignal + ofWeight).isEmpty()
                && result.length() == ofSignal.length() - 1 + made.length();
        if (!isProduct) {
            throw call.unsupported("its equation is not a product of each vector of features with a constant"
                    + " matrix, which"
                    + " is what is supported");
        }
        int[] dims = weight.view().dims();
        int at = ofSignal.indexOf(summed);
        int length = dims[ofWeight.indexOf(summed)];
        Signal along = signal.alongFeature(at, length);
        if (along == null) {
            throw call.unsupported(
                    "sums over dimension " + at + " of its input, which must be the features," + " but is not");
        }
        int rows = made.isEmpty() ? 1 : dims[ofWeight.indexOf(made)];
        boolean transposed = !made.isEmpty() && ofWeight.indexOf(summed) == 0;
        Constant ours = transposed ? weight.with(weight.view().transposed(1, 0)) : weight;
        budget.take((long) rows * length);
        Weights matrix = Weights.matrix(weight.name(), rows, length, ours.floats());
        Axis feature = Axis.ofFeatures(rows);
        List<List<Axis>> axes = new ArrayList<>();
        for (char letter : result.toCharArray()) {
            int from = ofSignal.indexOf(letter);
            axes.add(from < 0 ? List.of(feature) : along.axes().get(from));
        }
        return new Signal(expressions.dense(along.expr(), matrix, null), axes, feature, signal.type(), false);
    }

    private static String lettersWithout(String letters, String others) {
        StringBuilder rest = new StringBuilder();
        letters.chars().filter(letter -> others.indexOf(letter) < 0).forEach(letter -> rest.append((char) letter));
        return rest.toString();
    }
}
