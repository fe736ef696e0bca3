package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.draft.DraftInput;
import io.lstmstreams.importer.onnx.Expression.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The model's inputs whose concatenation is x; an index is represented by its one-hot vector. */
final class ModelInputs {
    private final Map<GraphInput, Long> offsets = new LinkedHashMap<>();
    private long length;

    private ModelInputs(List<GraphInput> inputs) {
        for (GraphInput input : inputs) {
            offsets.put(input, length);
            length += length(input);
        }
    }

    /**
     * Returns the inputs on which outputs depend, in the model's order.
     *
     * @param declared all inputs of the model
     */
    static ModelInputs of(Set<Expression> outputs, List<GraphInput> declared) {
        Set<GraphInput> used = Expression.withOperands(outputs).stream()
                .filter(expr -> expr.is(Kind.INPUT))
                .map(expr -> expr.data(GraphInput.class))
                .collect(Collectors.toSet());
        return new ModelInputs(declared.stream().filter(used::contains).toList());
    }

    int count() {
        return offsets.size();
    }

    Set<GraphInput> all() {
        return offsets.keySet();
    }

    /** Returns the length of x. */
    long length() {
        return length;
    }

    long offset(GraphInput input) {
        return offsets.getOrDefault(input, 0L);
    }

    long length(GraphInput input) {
        return input.symbols() > 0 ? input.symbols() : Math.max(0, input.units());
    }

    /** Returns the input of a draft. */
    DraftInput draft() {
        if (count() > 1) {
            Map<String, Long> parts = new LinkedHashMap<>();
            offsets.forEach((input, offset) -> parts.put(input.name(), offset));
            return DraftInput.measurements(
                    length,
                    "because the model has several inputs, which begin at these indexes of one vector: " + parts
                            + "; an index among them is a one-hot vector");
        }
        GraphInput input = offsets.keySet().iterator().next();
        return input.symbols() > 0
                ? DraftInput.symbol(
                        length, "because " + input.name() + " is the index of one of " + length + " symbols")
                : DraftInput.numbers(length);
    }
}
