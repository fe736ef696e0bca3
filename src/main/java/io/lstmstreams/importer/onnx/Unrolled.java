package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expr.Kind;
import io.lstmstreams.importer.onnx.Expr.Place;
import io.lstmstreams.importer.onnx.Expr.RecurrentLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds loops over time that an exporter has unrolled: the same cell written out for each step. The last step is matched first.
 * Each step before must be the same function of its previous step, and the first step must be this function of a zero state.
 */
final class Unrolled {
    private static final int MAX_TRIES = 100_000;

    private final Exprs exprs;
    private final CellPatterns patterns;
    private final Map<Expr, Chain> chains = new HashMap<>();
    private final Set<Expr> noChain = new HashSet<>();
    private final Set<Axis> times = new LinkedHashSet<>();
    private int tries;

    Unrolled(Exprs exprs, CellPatterns patterns) {
        this.exprs = exprs;
        this.patterns = patterns;
    }

    /**
     * A vector for each step.
     *
     * @param expr the vector as a function of the step
     * @param time the axis of the steps
     */
    record Sequence(Expr expr, Axis time) {}

    /** The outputs of a cell at each step, oldest first, and the layer that computes them. */
    private record Chain(List<Expr> steps, Map<Expr, Integer> positions, Sequence sequence, Expr lastCellState) {}

    /** Returns the sequence of which vectors are the steps in order, or null. */
    Sequence sequence(List<Expr> parts) {
        Expr last = parts.get(parts.size() - 1);
        Axis time = timeOf(last, parts.size());
        if (time == null) {
            return null;
        }
        for (int step = parts.size() - 1; step > 0; step--) {
            if (previous(parts.get(step), time) != parts.get(step - 1)) {
                return null;
            }
        }
        Expr lifted = lifted(last, time);
        return lifted == null ? null : new Sequence(lifted, time);
    }

    /** Returns the sequence of a cell whose output after the last step of an unrolled loop is this vector, or null. */
    Sequence last(Expr expr) {
        Chain chain = chain(expr);
        boolean isLast =
                chain != null && chain.positions().get(expr) == chain.steps().size() - 1;
        return isLast ? chain.sequence() : null;
    }

    /** Returns the cell state of an unrolled cell after the last step, or null. */
    Expr lastCellState(Expr output) {
        Chain chain = chain(output);
        return chain == null ? null : chain.lastCellState();
    }

    /** Returns the axes of unrolled loops. */
    Set<Axis> times() {
        return times;
    }

    /** Returns the axis of {@code length} places at whose last place a vector is taken, or null. */
    private Axis timeOf(Expr expr, int length) {
        List<Expr> open = new ArrayList<>(List.of(expr));
        Set<Expr> seen = new HashSet<>();
        while (!open.isEmpty() && seen.size() < 1000) {
            Expr next = open.remove(open.size() - 1);
            if (next.is(Kind.AT)) {
                Place place = next.data(Place.class);
                if (place.axis().size() == length && place.index() == length - 1) {
                    return place.axis();
                }
            }
            for (Expr part : next.of()) {
                if (seen.add(part)) {
                    open.add(part);
                }
            }
        }
        return null;
    }

    /** Returns the vector one step before, or null if it is unknown. */
    private Expr previous(Expr expr, Axis time) {
        if (expr.is(Kind.CONSTANT)) {
            return expr;
        }
        if (expr.is(Kind.AT)) {
            Place place = expr.data(Place.class);
            if (place.axis() == time) {
                return place.index() > 0 ? exprs.at(expr.below(), time, place.index() - 1) : null;
            }
        }
        Chain chain = chain(expr);
        if (chain != null) {
            int position = chain.positions().get(expr);
            return position > 0 ? chain.steps().get(position - 1) : null;
        }
        return rebuilt(expr, part -> previous(part, time));
    }

    /** Returns the vector of every step whose last step is this vector, or null if it is unknown. */
    private Expr lifted(Expr expr, Axis time) {
        if (expr.is(Kind.CONSTANT)) {
            return expr;
        }
        if (expr.is(Kind.AT) && expr.data(Place.class).axis() == time) {
            return expr.data(Place.class).isLast() ? expr.below() : null;
        }
        Sequence sequence = last(expr);
        if (sequence != null) {
            return sequence.time() == time ? sequence.expr() : null;
        }
        return rebuilt(expr, part -> lifted(part, time));
    }

    private interface Change {
        Expr of(Expr part);
    }

    private Expr rebuilt(Expr expr, Change change) {
        if (expr.of().isEmpty() || expr.is(Kind.CELL) || expr.is(Kind.CELL_STATE) || ++tries > MAX_TRIES) {
            return null;
        }
        List<Expr> parts = new ArrayList<>();
        for (Expr part : expr.of()) {
            Expr changed = change.of(part);
            if (changed == null) {
                return null;
            }
            parts.add(changed);
        }
        return exprs.rebuilt(expr, parts);
    }

    private Chain chain(Expr expr) {
        Chain known = chains.get(expr);
        if (known != null || noChain.contains(expr)) {
            return known;
        }
        noChain.add(expr); // until proved otherwise, so that it is tried once
        for (CellMatch match : patterns.matches(expr)) {
            Chain chain = chain(expr, match);
            if (chain != null) {
                chain.steps().forEach(step -> {
                    chains.put(step, chain);
                    noChain.remove(step);
                });
                return chain;
            }
        }
        return null;
    }

    /** Returns the steps of a cell back to the first, or null if they are not an unrolled loop. */
    private Chain chain(Expr output, CellMatch last) {
        List<Expr> steps = new ArrayList<>(List.of(output));
        CellMatch step = last;
        Expr at = output;
        while (true) {
            CellMatch before = before(step);
            steps.add(step.h());
            if (before == null) {
                break;
            }
            at = step.h();
            step = before;
        }
        Axis time = timeOf(last.x(), steps.size());
        if (time == null) {
            return null;
        }
        Expr x = lifted(last.x(), time); // first, because it finds the chains that this chain reads
        if (x == null || !isInOrder(last, steps, time) || !isFirst(at, step, time)) {
            return null;
        }
        List<Expr> inOrder = new ArrayList<>();
        Map<Expr, Integer> positions = new HashMap<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            positions.put(steps.get(i), inOrder.size());
            inOrder.add(steps.get(i));
        }
        RecurrentLayer layer = new RecurrentLayer(output.where(), last.spec(), last.weights());
        Expr cell = exprs.make(Kind.CELL, List.of(x), layer, output.units());
        times.add(time);
        return new Chain(inOrder, positions, new Sequence(cell, time), last.newC());
    }

    private CellMatch before(CellMatch step) {
        for (CellMatch before : patterns.matches(step.h())) {
            if (before.isSameLayer(step) && before.newC() == step.c()) {
                return before;
            }
        }
        return null;
    }

    /** Returns whether the first step is the function of the second step with a zero state. */
    private boolean isFirst(Expr second, CellMatch match, Axis time) {
        Expr x = previous(match.x(), time);
        if (x == null) {
            return false;
        }
        Map<Expr, Expr> known = new HashMap<>();
        known.put(match.h(), exprs.zeros(match.h().units()));
        if (match.c() != null) {
            known.put(match.c(), exprs.zeros(match.c().units()));
        }
        known.put(match.x(), x);
        Expr first = replaced(second, known);
        Expr firstC = match.c() == null ? null : replaced(match.newC(), known);
        return first == match.h() && firstC == match.c();
    }

    private Expr replaced(Expr expr, Map<Expr, Expr> known) {
        Expr replacement = known.get(expr);
        if (replacement == null && expr.is(Kind.ADD)) {
            replacement = replacedTerms(expr, known);
        }
        if (replacement == null) {
            List<Expr> parts = new ArrayList<>();
            for (Expr part : expr.of()) {
                parts.add(replaced(part, known));
            }
            replacement = expr.of().isEmpty() ? expr : exprs.rebuilt(expr, parts);
        }
        known.put(expr, replacement);
        return replacement;
    }

    /** Replaces a known sum that is part of a longer sum, or returns null if there is none. */
    private Expr replacedTerms(Expr sum, Map<Expr, Expr> known) {
        for (Map.Entry<Expr, Expr> entry : List.copyOf(known.entrySet())) {
            Expr part = entry.getKey();
            if (part.is(Kind.ADD) && Exprs.isZero(entry.getValue()) && sum.of().containsAll(part.of())) {
                Expr rest = null;
                for (Expr term : sum.of()) {
                    if (!part.of().contains(term)) {
                        Expr other = replaced(term, known);
                        rest = rest == null ? other : exprs.add(rest, other);
                    }
                }
                return rest;
            }
        }
        return null;
    }

    /** Returns whether each step reads the input one place before the input of the next step. */
    private boolean isInOrder(CellMatch last, List<Expr> steps, Axis time) {
        Expr x = last.x();
        for (int i = 1; i < steps.size() - 1; i++) {
            Expr before = previous(x, time);
            boolean reads = false;
            for (CellMatch match : patterns.matches(steps.get(i))) {
                reads |= match.isSameLayer(last) && match.x() == before && match.h() == steps.get(i + 1);
            }
            if (before == null || !reads) {
                return false;
            }
            x = before;
        }
        return true;
    }
}
