package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Affine;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds states of a graph of one step that no known cell has: their inputs are not parts of x. */
final class UnknownStates {
    private final String file;
    private final Map<String, Signal> outputs;

    UnknownStates(String file, Map<String, Signal> outputs) {
        this.file = file;
        this.outputs = outputs;
    }

    /** Returns the reason why a graph without a known cell cannot be imported. */
    Unsupported withoutCell(List<GraphInput> inputs) {
        for (GraphInput input : inputs) {
            for (Map.Entry<String, Signal> output : outputs.entrySet()) {
                Expression next = output.getValue().expr();
                if (StatePairs.haveOneName(input.name(), output.getKey()) && reads(next, input)) {
                    return new Unsupported(
                            file,
                            "its output " + output.getKey() + ", the result of " + next.node() + ", replaces its input "
                                    + input.name() + " as a state does, but is not computed as an LSTM, a GRU"
                                    + " or an RNN does"
                                    + resemblance(next, input));
                }
            }
        }
        return new Unsupported(
                file,
                "does not contain a recurrent layer: no LSTM, GRU or RNN, and no equations of one with a state"
                        + " that is an input"
                        + " and an output; a loop that was exported for a single step has lost its state:"
                        + " export it with"
                        + " more steps, or with its states as inputs and outputs");
    }

    private static boolean reads(Expression expr, GraphInput input) {
        return Expression.withOperands(List.of(expr)).stream()
                .anyMatch(part -> part.is(Kind.INPUT) && part.data(GraphInput.class) == input);
    }

    private static String resemblance(Expression next, GraphInput state) {
        List<Expression> sum = next.is(Kind.ACTIVATION) ? terms(next.below()) : terms(next);
        boolean scales = sum.stream().anyMatch(term -> term.is(Kind.AFFINE) && isPart(term.below(), state));
        boolean gates = sum.stream()
                .anyMatch(term -> term.is(Kind.MULTIPLY) && term.of().stream().anyMatch(part -> isPart(part, state)));
        boolean multiplies = Expression.withOperands(List.of(next)).stream()
                .anyMatch(part -> part.is(Kind.DENSE) && reads(part.below(), state));
        if (next.is(Kind.ACTIVATION) && scales) {
            return "; it resembles an IndRNN, whose state is multiplied element by element";
        }
        if (scales) {
            return "; it resembles a leaky or a zoned-out state, which keeps a part of the state before";
        }
        if (gates && !multiplies) {
            return "; it resembles a minGRU, an SRU or a QRNN, whose gates do not read the state";
        }
        boolean isBounded = next.is(Kind.AFFINE) || next.is(Kind.LAYER_NORM) || next.is(Kind.BATCH_NORM);
        return isBounded ? "; it is scaled, bounded or normalised after the cell" : "";
    }

    private static List<Expression> terms(Expression sum) {
        if (sum.is(Kind.AFFINE) && sum.data(Affine.class).scale().common() == 1) {
            return terms(sum.below());
        }
        return sum.is(Kind.ADD) ? sum.of() : List.of(sum);
    }

    private static boolean isPart(Expression expr, GraphInput input) {
        return expr.withoutParts().is(Kind.INPUT) && expr.withoutParts().data(GraphInput.class) == input;
    }

    /**
     * Refuses an output that replaces a part of x: it has the form of an input and is computed from it without a
     * recurrent layer, as a counter or the previous event.
     *
     * @param heads the outputs that are not states, as functions of one step
     */
    void checkInputs(Map<String, Expression> heads, ModelInputs inputs) {
        heads.forEach((name, head) -> {
            Set<GraphInput> read = readWithoutCell(head);
            boolean passesCell = Expression.withOperands(List.of(head)).stream().anyMatch(part -> part.is(Kind.CELL));
            GraphInput first = inputs.all().iterator().next();
            for (GraphInput input : inputs.all()) {
                Signal output = outputs.get(name);
                boolean sameForm = output != null
                        && output.type() == input.type()
                        && output.rank() == input.axes().size()
                        && head.units() == inputs.length(input);
                boolean replaces = passesCell ? read.contains(input) && input != first : !read.isEmpty();
                if (sameForm && replaces) {
                    throw new Unsupported(
                            file,
                            "its output " + name + ", the result of " + head.node() + ", has the form of its input "
                                    + input.name() + " and is computed without the state of a recurrent layer,"
                                    + " as a next"
                                    + " state is that the graph's user hands over, such as a counter or the"
                                    + " previous event;"
                                    + " only states of recurrent layers are carried");
                }
            }
        });
    }

    /** Returns the inputs that a vector depends on other than through a recurrent layer. */
    private static Set<GraphInput> readWithoutCell(Expression vector) {
        Set<GraphInput> read = new HashSet<>();
        Set<Expression> seen = new HashSet<>();
        List<Expression> open = new ArrayList<>(List.of(vector));
        while (!open.isEmpty()) {
            Expression next = open.remove(open.size() - 1);
            if (next.is(Kind.INPUT)) {
                read.add(next.data(GraphInput.class));
            } else if (!next.is(Kind.CELL) && seen.add(next)) {
                open.addAll(next.of());
            }
        }
        return read;
    }
}
