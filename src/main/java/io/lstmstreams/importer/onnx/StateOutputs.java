package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Signal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outputs that replace states, as far as their nodes tell. */
final class StateOutputs {
    private final Map<String, Signal> outputs;
    private final List<GraphInput> inputs;
    private final StepResolver resolver;
    private final TimeAndStates roles;

    StateOutputs(Map<String, Signal> outputs, List<GraphInput> inputs, StepResolver resolver, TimeAndStates roles) {
        this.outputs = outputs;
        this.inputs = inputs;
        this.resolver = resolver;
        this.roles = roles;
    }

    /** Returns the vectors that an output joins, such as the states of several layers. */
    static List<Expression> vectorsOf(Expression expr) {
        boolean joins = expr.is(Kind.STACK) || expr.is(Kind.CONCAT);
        return joins
                ? expr.of().stream().flatMap(part -> vectorsOf(part).stream()).toList()
                : List.of(expr);
    }

    /** Returns how an output differs from the new states of the cells that read an input, or null if it does not. */
    @Nullable
    String mismatch(String input, String output) {
        Signal signal = outputs.get(output);
        if (signal == null) {
            return null;
        }
        List<Expression> vectors = vectorsOf(signal.expr());
        for (Expression vector : vectors) {
            if (!isOwnState(vector)) {
                return "its output " + output + ", which replaces its input " + input
                        + ", is not the new state of a cell, but the result of " + vector.node()
                        + "; lstm-streams carries the cell's own state only";
            }
        }
        List<Expression> expected = inputs.stream()
                .filter(each -> each.name().equals(input))
                .findFirst()
                .map(roles::nextStates)
                .orElse(List.of());
        boolean comparable = vectors.size() == expected.size();
        for (int i = 0; comparable && i < vectors.size(); i++) {
            if (vectors.get(i).withoutPlaces() != expected.get(i).withoutPlaces()) {
                return "its output " + output + ", which replaces its input " + input
                        + ", has states of its cells, but not those of the cells that read " + input
                        + ", or in another order, such as c for h";
            }
        }
        return null;
    }

    private boolean isOwnState(Expression vector) {
        return resolver.isCellState(vector)
                || resolver.isWrittenOut(vector)
                || vector.withoutPlaces().is(Kind.CELL);
    }
}
