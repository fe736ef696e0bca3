package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The roles that recurrent layers give to axes and inputs: the axis of time, and the inputs that are states. */
final class TimeAndStates {
    private @Nullable List<Axis> time;
    private final Set<Expression> states = new HashSet<>();
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
                    "must run over the same axis as the recurrent layer before it, but runs over another axis or over its"
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

    boolean isTime(Axis axis) {
        return time != null && time.contains(axis);
    }

    void bindLengths(Call call, GraphInput input) {
        if (!input.bindState()) {
            throw call.unsupported("its sequence_lens must have no other use, but have one");
        }
        if (lengths.add(input)) {
            notes.add("input " + input.name()
                    + " is omitted: it holds the lengths of padded sequences, but in a stream each sequence"
                    + " has as many steps as events");
        }
    }

    /** Records a layer's initial state, which must be an input, or one layer's part of an input. */
    void bindState(Call call, Signal signal, String what, int hidden) {
        if (!signal.expr().withoutPlaces().is(Kind.INPUT)) {
            throw call.unsupported(
                    "its " + what + " must be an input of the model, but is computed, such as from the state of another"
                            + " layer in an encoder and a decoder, which cannot run one step at a time");
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

    /** Records a state of a written-out cell, which must be an input. */
    void bindState(String where, Expression state, String what) {
        if (!bind(state)) {
            throw new Unsupported(where, usedTwice(state, what));
        }
    }

    private boolean bind(Expression state) {
        return states.add(state) && inputOf(state).bindState();
    }

    private static String usedTwice(Expression state, String what) {
        return "its " + what + ", input " + inputOf(state).name() + ", must be used once, but is used twice";
    }

    private static GraphInput inputOf(Expression state) {
        return state.withoutPlaces().data(GraphInput.class);
    }

    List<String> notes() {
        return notes;
    }
}
