package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
            ArrayNode fields = JsonNodeFactory.instance.arrayNode();
            offsets.keySet().forEach(input -> fields.add(field(input)));
            return DraftInput.fields(
                    length,
                    "because the model has " + count() + " inputs; their names are used as names of a record's fields",
                    fields);
        }
        GraphInput input = offsets.keySet().iterator().next();
        return input.symbols() > 0
                ? DraftInput.symbol(
                        length, "because " + input.name() + " is the index of one of " + length + " symbols")
                : DraftInput.numbers(length);
    }

    /** Returns the field of a spec for one of several inputs. */
    private ObjectNode field(GraphInput input) {
        long size = length(input);
        String encoding = input.symbols() > 0 ? "one-hot" : size == 1 ? "number" : "dense";
        String pointer = "/" + input.name().replace("~", "~0").replace("/", "~1");
        ObjectNode field = JsonNodeFactory.instance.objectNode();
        return field.put("field", pointer).put("encoding", encoding).put("size", size);
    }
}
