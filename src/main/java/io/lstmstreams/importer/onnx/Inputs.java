package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.onnx.Expr.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The model's inputs that make up x, one after the other; an index counts as its one-hot vector. */
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
     * The inputs that outputs are made of, in the model's order.
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

    /** Length of x. */
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
     * Writes how x is to be read.
     *
     * @param spec the spec's {@code input}
     * @param outputs length of the first head
     * @param scaled whether the model scales or normalises x before anything else
     * @param notes to say what was chosen
     */
    void describe(ObjectNode spec, long outputs, boolean scaled, List<String> notes) {
        if (count() > 1) {
            Map<String, Long> parts = new HashMap<>();
            offsets.forEach((input, offset) -> parts.put(input.name(), offset));
            spec.put("encoding", "dense").put("size", (int) length);
            notes.add("input: the model has several inputs, which begin at these places of one vector: " + parts
                    + "; an index among them counts as its one-hot vector");
            return;
        }
        GraphInput input = offsets.keySet().iterator().next();
        if (input.symbols() > 0) {
            spec.put("encoding", "one-hot").put("size", (int) length);
            notes.add("input: one-hot, as " + input.name() + " is the index of one of " + length + " symbols");
        } else if (length == 1 && outputs > 1) {
            spec.put("encoding", "index").put("size", 1);
            notes.add("input: index, as " + input.name() + " is a single number and the output has " + outputs);
        } else if (outputs == length && !scaled) {
            spec.put("encoding", "one-hot").put("size", (int) length);
            notes.add("input: one-hot, as " + input.name() + " has as many values as the output");
        } else {
            spec.put("encoding", "dense").put("size", (int) length);
            notes.add("input: dense, as nothing in the graph says that the " + length + " values of " + input.name()
                    + " are a one-hot vector");
        }
    }
}
