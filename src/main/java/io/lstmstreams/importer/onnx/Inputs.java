package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.EventInput;
import io.lstmstreams.importer.onnx.Expr.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model's inputs whose concatenation is x; an index is represented by its one-hot vector. */
final class Inputs {
    private final Map<GraphInput, Long> offsets = new LinkedHashMap<>();
    private long length;

    private Inputs(List<GraphInput> inputs) {
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
    static Inputs of(Set<Expr> outputs, List<GraphInput> declared) {
        Set<GraphInput> used = new LinkedHashSet<>();
        Set<Expr> seen = new HashSet<>(outputs);
        List<Expr> open = new ArrayList<>(outputs);
        while (!open.isEmpty()) {
            Expr expr = open.remove(open.size() - 1);
            if (expr.is(Kind.INPUT)) {
                used.add(expr.data(GraphInput.class));
            }
            for (Expr part : expr.of()) {
                if (seen.add(part)) {
                    open.add(part);
                }
            }
        }
        return new Inputs(declared.stream().filter(used::contains).toList());
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
        return offsets.get(input);
    }

    long length(GraphInput input) {
        return input.symbols() > 0 ? input.symbols() : Math.max(0, input.units());
    }

    /**
     * Writes the encoding of x.
     *
     * @param spec the spec's {@code input}
     * @param outputs the length of the first head's output
     * @param scaled true if the first layer scales or normalises x
     * @param notes receives a note on the encoding
     */
    void describe(ObjectNode spec, long outputs, boolean scaled, List<String> notes) {
        if (count() > 1) {
            Map<String, Long> parts = new HashMap<>();
            offsets.forEach((input, offset) -> parts.put(input.name(), offset));
            spec.put("encoding", "dense").put("size", (int) length);
            notes.add("input: dense, because the model has several inputs, which begin at these indexes of one vector: "
                    + parts + "; an index among them is a one-hot vector");
            return;
        }
        GraphInput input = offsets.keySet().iterator().next();
        if (input.symbols() > 0) {
            spec.put("encoding", "one-hot").put("size", (int) length);
            notes.add("input: one-hot, because " + input.name() + " is the index of one of " + length + " symbols");
        } else if (EventInput.isIndex(length, outputs)) {
            spec.put("encoding", "index").put("size", 1);
            notes.add("input: index, because " + input.name() + " is a single number and the output has " + outputs);
        } else if (EventInput.isOneHot(length, outputs) && !scaled) {
            spec.put("encoding", "one-hot").put("size", (int) length);
            notes.add("input: one-hot, because " + input.name() + " has "
                    + (outputs == length
                            ? "as many values as the output"
                            : "one value less than the output, which may end a sequence"));
        } else {
            spec.put("encoding", "dense").put("size", (int) length);
            notes.add("input: dense, because the graph does not state that the " + length + " values of " + input.name()
                    + " are a one-hot vector");
        }
    }
}
