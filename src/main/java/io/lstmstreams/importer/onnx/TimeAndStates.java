package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.Place;
import io.lstmstreams.importer.onnx.Expression.Range;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The roles that recurrent layers give to axes and inputs: the axis of time, and the inputs that are states. */
final class TimeAndStates {
    private @Nullable List<Axis> time;
    private final Map<Expression, Optional<Expression>> states = new LinkedHashMap<>(); // with the state after the step
    private final Set<GraphInput> lengths = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();

    /** Records the axis of a recurrent layer. All layers must run over the same axis. */
    void bindTime(Call call, List<Axis> axis, List<Axis> batch, Signal x) {
        List<Axis> significant = Axis.significant(axis);
        if (significant.size() > 1 || Axis.significant(batch).size() > 1) {
            throw call.unsupported("runs over merged axes, which cannot run one step at a time");
        }
        if (time != null && !time.equals(significant)) {
            throw call.unsupported(
                    "must run over the same axis as the recurrent layer before it, but runs over another axis"
                            + " or over its"
                            + " last state only, like an encoder and a decoder, which cannot run one step at a time");
        }
        boolean isFeature = !significant.isEmpty() && significant.get(0) == x.feature();
        if (isFeature) {
            throw call.unsupported("runs over the features, which cannot run one step at a time");
        }
        time = significant;
    }

    /** Records that a cell is written out as one step: the graph has no axis of time. */
    void bindStep() {
        if (time == null) {
            time = List.of();
        }
    }

    /** Records the axis of an unrolled loop. */
    void bindUnrolled(String file, Axis axis) {
        if (time != null && !time.equals(List.of(axis))) {
            throw new Unsupported(
                    file, "its recurrent layers must run over the same axis, but run over different axes");
        }
        time = List.of(axis);
    }

    /** Returns the number of steps of a graph of a sequence, or -1 if the graph leaves it open or is one step. */
    long steps() {
        return time == null || time.isEmpty() ? -1 : Axis.size(time);
    }

    /** Returns whether the graph runs over the steps of a sequence; otherwise it is one step. */
    boolean isSequence() {
        return time != null && !time.isEmpty();
    }

    boolean isLengths(GraphInput input) {
        return lengths.contains(input);
    }

    /** Returns the name of a dimension in errors. */
    String describe(List<Axis> dimension, int position) {
        return dimension.stream().anyMatch(this::isTime)
                ? "the steps of the sequence (dimension " + position + ")"
                : "dimension " + position + " of its input";
    }

    /** Returns whether axes may be the steps: they are, or no recurrent layer has told so far. */
    boolean isTimeOrUnknown(List<Axis> axes) {
        return time == null || axes.stream().anyMatch(this::isTime);
    }

    boolean isTime(Axis axis) {
        return time != null && time.contains(axis);
    }

    /** Records an input of the lengths of padded sequences. */
    void bindLengths(GraphInput input) {
        input.bindState();
        if (lengths.add(input)) {
            notes.add("input " + input.name()
                    + " is omitted: it holds the lengths of padded sequences, but in a stream each sequence"
                    + " has as many steps as events");
        }
    }

    /** Records a layer's initial state, which must be an input, or one layer's part of an input. */
    void bindState(Call call, Signal signal, String what, int hidden) {
        if (!signal.expr().withoutParts().is(Kind.INPUT)) {
            throw call.unsupported("its " + what + " must be an input of the model, but " + computed(signal.expr()));
        }
        if (!bind(signal.expr())) {
            throw call.unsupported(usedTwice(signal.expr(), what));
        }
        List<List<Axis>> axes = signal.axes();
        long units = axes.isEmpty() ? 0 : Axis.size(axes.get(axes.size() - 1));
        if (units >= 0 && units != hidden) {
            throw call.malformed(
                    "its " + what + " must have " + hidden + " elements, its hidden_size, but has " + units);
        }
    }

    private static String computed(Expression state) {
        return Expression.withOperands(List.of(state)).stream()
                .filter(part -> part.is(Kind.CELL))
                .findFirst()
                .map(cell -> "is computed from the output of another recurrent layer, " + cell.node()
                        + ", as in an encoder and a decoder: the second layer starts when the first has read the whole"
                        + " sequence, so that they cannot run one step at a time")
                .orElse("is the result of " + state.node()
                        + "; a start state that is computed is not supported: make it an input, or export without it");
    }

    /** Records a state of a written-out cell, which must be an input. */
    void bindState(String where, Expression state, String what) {
        if (!bind(state)) {
            throw new Unsupported(where, usedTwice(state, what));
        }
    }

    private boolean bind(Expression state) {
        return states.putIfAbsent(state, Optional.empty()) == null
                && inputOf(state).bindState();
    }

    /** Records the state after the step by the state before the step. */
    void bindNext(Expression state, Expression next) {
        states.put(state, Optional.of(next));
    }

    /** Returns the states after the step of the cells that read parts of an input, in the order of the parts. */
    List<Expression> nextStates(GraphInput input) {
        return states.entrySet().stream()
                .filter(entry -> inputOf(entry.getKey()) == input)
                .sorted(Comparator.comparing(entry -> place(entry.getKey())))
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }

    /** Returns the place of a part in its input; several axes are parts of the first. */
    private static double place(Expression part) {
        if (part.is(Kind.AT)) {
            Place place = part.data(Place.class);
            return place(part.below()) + place.index() / Math.pow(1000, part.depth() - 1);
        }
        if (part.is(Kind.SLICE)) {
            return place(part.below()) + part.data(Range.class).offset();
        }
        return 0;
    }

    private static String usedTwice(Expression state, String what) {
        return "its " + what + ", input " + inputOf(state).name() + ", must be used once, but is used twice";
    }

    private static GraphInput inputOf(Expression state) {
        return state.withoutParts().data(GraphInput.class);
    }

    /** Adds a note for the user. */
    void note(String text) {
        notes.add(text);
    }

    List<String> notes() {
        return notes;
    }
}
