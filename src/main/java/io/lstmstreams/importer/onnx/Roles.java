package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expr.Kind;
import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the recurrent layers say of axes and inputs: which axis is time, which inputs are states. */
final class Roles {
    private List<Axis> time;
    private final Set<Expr> states = new HashSet<>();
    private final Set<GraphInput> lengths = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();

    /** A recurrent layer runs along an axis. All must run along the same. */
    void bindTime(Call call, List<Axis> axis, List<Axis> batch, Signal x) {
        List<Axis> significant = Axis.significant(axis);
        if (significant.size() > 1 || Axis.significant(batch).size() > 1) {
            throw call.unsupported("runs over axes that were merged; that cannot run one step at a time");
        }
        if (time != null && !time.equals(significant)) {
            throw call.unsupported(
                    "runs over another axis than the recurrent layer before it, or over its last state only, as"
                            + " an encoder and a decoder do; that cannot run one step at a time");
        }
        boolean isFeature = !significant.isEmpty() && significant.get(0) == x.feature();
        if (isFeature) {
            throw call.unsupported("runs over the features; that cannot run one step at a time");
        }
        time = significant;
    }

    /** Where the graph is one step, a cell written out in it says that there is no axis of time. */
    void bindStep() {
        if (time == null) {
            time = List.of();
        }
    }

    /** A loop over an axis was unrolled. */
    void bindUnrolled(String file, Axis axis) {
        if (time != null && !time.equals(List.of(axis))) {
            throw new Unsupported(file, "its recurrent layers run over different axes");
        }
        time = List.of(axis);
    }

    /** The axis of time; empty if the graph is one step; null if there is no recurrent layer. */
    List<Axis> time() {
        return time;
    }

    boolean isTime(Axis axis) {
        return time != null && time.contains(axis);
    }

    void bindLengths(Call call, GraphInput input) {
        if (!input.bindState()) {
            throw call.unsupported("its sequence_lens are also something else");
        }
        if (lengths.add(input)) {
            notes.add("input " + input.name()
                    + " is left out: it tells the lengths of sequences that are padded, here each"
                    + " has as many steps as it has events");
        }
    }

    /** A layer starts from a state that is given: an input, or one layer's part of it. */
    void bindState(Call call, Signal signal, String what, int hidden) {
        Expr expr = signal.expr();
        while (expr.is(Kind.AT)) {
            expr = expr.below();
        }
        if (!expr.is(Kind.INPUT)) {
            throw call.unsupported(
                    "its " + what + " is computed, as of another layer's state, which is what an encoder and a"
                            + " decoder do; that cannot run one step at a time");
        }
        bindState(call, signal.expr(), what);
        List<List<Axis>> axes = signal.axes();
        long units = axes.isEmpty() ? 0 : Axis.size(axes.get(axes.size() - 1));
        if (units >= 0 && units != hidden) {
            throw call.malformed("its " + what + " has " + units + " elements, its hidden_size is " + hidden);
        }
    }

    /** The same for an expression. */
    void bindState(Call call, Expr state, String what) {
        Expr expr = state;
        while (expr.is(Kind.AT)) {
            expr = expr.below();
        }
        if (!states.add(state) || !expr.data(GraphInput.class).bindState()) {
            throw call.unsupported(
                    "its " + what + ", input " + expr.data(GraphInput.class).name() + ", is used twice");
        }
    }

    List<String> notes() {
        return notes;
    }
}
