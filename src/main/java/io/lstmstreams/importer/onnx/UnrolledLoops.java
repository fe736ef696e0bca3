package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.Place;
import io.lstmstreams.importer.onnx.Expression.RecurrentLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds loops over time that an exporter has unrolled: the same cell written out for each step. The last step is
 * matched first. Each step before must be the same function of its previous step, and the first step must be this
 * function of a zero state.
 */
final class UnrolledLoops {
    private static final int MAX_TRIES = 100_000;

    private final Expressions expressions;
    private final CellPatterns patterns;
    private final Map<Expression, Chain> chains = new HashMap<>();
    private final Set<Expression> noChain = new HashSet<>();
    private final Set<Axis> times = new LinkedHashSet<>();
    private int tries;

    UnrolledLoops(Expressions expressions, CellPatterns patterns) {
        this.expressions = expressions;
        this.patterns = patterns;
    }

    /**
     * A vector for each step.
     *
     * @param expr the vector as a function of the step
     * @param time the axis of the steps
     */
    record Sequence(Expression expr, Axis time) {}

    /** The outputs of a cell at each step, oldest first, and the layer that computes them. */
    private record Chain(
            List<Expression> steps,
            Map<Expression, Integer> positions,
            Sequence sequence,
            @Nullable Expression lastCellState) {}

    /** Returns the sequence of which vectors are the steps in order, or null. */
    @Nullable
    Sequence sequence(List<Expression> parts) {
        Expression last = parts.get(parts.size() - 1);
        Axis time = timeOf(last, parts.size());
        if (time == null) {
            return null;
        }
        for (int step = parts.size() - 1; step > 0; step--) {
            if (previous(parts.get(step), time) != parts.get(step - 1)) {
                return null;
            }
        }
        Expression lifted = lifted(last, time);
        return lifted == null ? null : new Sequence(lifted, time);
    }

    /** Returns the sequence of a cell whose output after the last step of an unrolled loop is this vector, or null. */
    @Nullable
    Sequence last(Expression expr) {
        Chain chain = chain(expr);
        return chain != null && chain.steps().get(chain.steps().size() - 1) == expr ? chain.sequence() : null;
    }

    /** Returns the cell state of an unrolled cell after the last step, or null. */
    @Nullable
    Expression lastCellState(Expression output) {
        Chain chain = chain(output);
        return chain == null ? null : chain.lastCellState();
    }

    /** Returns the axes of unrolled loops. */
    Set<Axis> times() {
        return times;
    }

    /** Returns the axis of {@code length} places at whose last place a vector is taken, or null. */
    private @Nullable Axis timeOf(Expression expr, int length) {
        List<Expression> open = new ArrayList<>(List.of(expr));
        Set<Expression> seen = new HashSet<>();
        while (!open.isEmpty() && seen.size() < 1000) {
            Expression next = open.remove(open.size() - 1);
            if (next.is(Kind.AT)) {
                Place place = next.data(Place.class);
                if (place.axis().size() == length && place.index() == length - 1) {
                    return place.axis();
                }
            }
            for (Expression part : next.of()) {
                if (seen.add(part)) {
                    open.add(part);
                }
            }
        }
        return null;
    }

    /** Returns the vector one step before, or null if it is unknown. */
    private @Nullable Expression previous(Expression expr, Axis time) {
        if (expr.is(Kind.CONSTANT)) {
            return expr;
        }
        if (expr.is(Kind.AT)) {
            Place place = expr.data(Place.class);
            if (place.axis() == time) {
                return place.index() > 0 ? expressions.at(expr.below(), time, place.index() - 1) : null;
            }
        }
        Chain chain = chain(expr);
        if (chain != null) {
            int position = chain.positions().getOrDefault(expr, 0);
            return position > 0 ? chain.steps().get(position - 1) : null;
        }
        return rebuilt(expr, part -> previous(part, time));
    }

    /** Returns the vector of every step whose last step is this vector, or null if it is unknown. */
    private @Nullable Expression lifted(Expression expr, Axis time) {
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
        @Nullable
        Expression of(Expression part);
    }

    private @Nullable Expression rebuilt(Expression expr, Change change) {
        if (expr.of().isEmpty() || expr.is(Kind.CELL) || expr.is(Kind.CELL_STATE) || ++tries > MAX_TRIES) {
            return null;
        }
        List<Expression> parts = new ArrayList<>();
        for (Expression part : expr.of()) {
            Expression changed = change.of(part);
            if (changed == null) {
                return null;
            }
            parts.add(changed);
        }
        return expressions.rebuilt(expr, parts);
    }

    private @Nullable Chain chain(Expression expr) {
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
    private @Nullable Chain chain(Expression output, CellMatch last) {
        List<Expression> steps = new ArrayList<>(List.of(output));
        CellMatch step = last;
        Expression at = output;
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
        Expression x = lifted(last.x(), time); // first, because it finds the chains that this chain reads
        if (x == null || !isInOrder(last, steps, time) || !isFirst(at, step, time)) {
            return null;
        }
        List<Expression> inOrder = new ArrayList<>(steps);
        Collections.reverse(inOrder);
        Map<Expression, Integer> positions = new HashMap<>();
        inOrder.forEach(each -> positions.put(each, positions.size()));
        RecurrentLayer layer = new RecurrentLayer(output.where(), last.spec(), last.weights());
        Expression cell = expressions.make(Kind.CELL, List.of(x), layer, output.units());
        times.add(time);
        return new Chain(inOrder, positions, new Sequence(cell, time), last.newC());
    }

    private @Nullable CellMatch before(CellMatch step) {
        for (CellMatch before : patterns.matches(step.h())) {
            if (before.isSameLayer(step) && before.newC() == step.c()) {
                return before;
            }
        }
        return null;
    }

    /** Returns whether the first step is the function of the second step with a zero state. */
    private boolean isFirst(Expression second, CellMatch match, Axis time) {
        Expression x = previous(match.x(), time);
        if (x == null) {
            return false;
        }
        Map<Expression, Expression> known = new HashMap<>();
        known.put(match.h(), expressions.zeros(match.h().units()));
        if (match.c() != null) {
            known.put(match.c(), expressions.zeros(match.c().units()));
        }
        known.put(match.x(), x);
        Expression first = replaced(second, known);
        boolean sameCell = match.newC() == null || replaced(match.newC(), known) == match.c();
        return first == match.h() && sameCell;
    }

    private Expression replaced(Expression expr, Map<Expression, Expression> known) {
        Expression replacement = known.get(expr);
        if (replacement == null && expr.is(Kind.ADD)) {
            replacement = replacedTerms(expr, known);
        }
        if (replacement == null) {
            List<Expression> parts = new ArrayList<>();
            for (Expression part : expr.of()) {
                parts.add(replaced(part, known));
            }
            replacement = expr.of().isEmpty() ? expr : expressions.rebuilt(expr, parts);
        }
        known.put(expr, replacement);
        return replacement;
    }

    /** Replaces a known sum that is part of a longer sum, or returns null if there is none. */
    private @Nullable Expression replacedTerms(Expression sum, Map<Expression, Expression> known) {
        for (Map.Entry<Expression, Expression> entry : List.copyOf(known.entrySet())) {
            Expression part = entry.getKey();
            if (part.is(Kind.ADD)
                    && Expressions.isZero(entry.getValue())
                    && sum.of().containsAll(part.of())) {
                return sum.of().stream()
                        .filter(term -> !part.of().contains(term))
                        .map(term -> replaced(term, known))
                        .reduce(expressions::add)
                        .orElse(null);
            }
        }
        return null;
    }

    /** Returns whether each step reads the input one place before the input of the next step. */
    private boolean isInOrder(CellMatch last, List<Expression> steps, Axis time) {
        Expression x = last.x();
        for (int i = 1; i < steps.size() - 1; i++) {
            Expression before = previous(x, time);
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
