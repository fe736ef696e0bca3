package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.Place;
import io.lstmstreams.importer.onnx.Expression.RecurrentLayer;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cells that are written out in a graph, and its outputs as functions of one step: the vector after the last
 * step of a sequence is, in a stream, the vector after the latest step.
 */
final class StepResolver {
    private final String file;
    private final Expressions expressions;
    private final CellPatterns patterns;
    private final UnrolledLoops unrolled;
    private final TimeAndStates roles;
    private final Map<Expression, Expression> cells = new HashMap<>();
    private final Set<Expression> cellStates = new HashSet<>();
    private final Map<Expression, Expression> done = new HashMap<>();

    StepResolver(
            String file, Expressions expressions, CellPatterns patterns, UnrolledLoops unrolled, TimeAndStates roles) {
        this.file = file;
        this.expressions = expressions;
        this.patterns = patterns;
        this.unrolled = unrolled;
        this.roles = roles;
    }

    /**
     * Searches for written-out cells in all expressions on which outputs depend.
     *
     * @param outputs the graph's outputs
     * @param firstInput the model's first input, which is not a state if the roles are ambiguous
     */
    void findCells(Set<Expression> outputs, @Nullable GraphInput firstInput) {
        List<Expression> all = reachable(outputs);
        for (Expression expr : all) {
            UnrolledLoops.Sequence sequence = unrolled.last(expr);
            if (sequence != null) {
                cells.put(expr, sequence.expr());
                addCellState(unrolled.lastCellState(expr));
            }
        }
        unrolled.times().forEach(time -> roles.bindUnrolled(file, time));
        for (Expression expr : all) {
            CellMatch match = cells.containsKey(expr) ? null : step(expr, outputs, firstInput);
            if (match != null) {
                roles.bindState(expr.where(), match.h(), "state");
                if (match.c() != null) {
                    roles.bindState(expr.where(), match.c(), "cell state");
                }
                roles.bindStep();
                RecurrentLayer layer = new RecurrentLayer(expr.where(), match.spec(), match.weights());
                cells.put(expr, expressions.make(Kind.CELL, List.of(match.x()), layer, expr.units()));
                addCellState(match.newC());
            }
        }
    }

    private void addCellState(@Nullable Expression cellState) {
        if (cellState != null) {
            cellStates.add(cellState);
        }
    }

    /** Returns the match of a vector with the output of a cell whose state is an input, or null. */
    private @Nullable CellMatch step(Expression expr, Set<Expression> outputs, @Nullable GraphInput firstInput) {
        CellMatch best = null;
        for (CellMatch match : patterns.matches(expr)) {
            GraphInput state = given(match.h());
            boolean fits = state != null
                    && (match.c() == null || given(match.c()) != null)
                    && (!expr.is(Kind.ACTIVATION) || outputs.contains(expr));
            if (fits && (best == null || given(best.h()) == firstInput)) {
                best = match;
            }
        }
        return best;
    }

    private static @Nullable GraphInput given(Expression expr) {
        Expression input = expr.withoutPlaces();
        return input.is(Kind.INPUT) ? input.data(GraphInput.class) : null;
    }

    /** Returns all expressions on which expressions depend, the latest first. */
    private static List<Expression> reachable(Set<Expression> from) {
        return Expression.withOperands(from).stream()
                .sorted(Comparator.comparing(Expression::id).reversed())
                .toList();
    }

    /** Returns whether a vector is the cell state c after the step. */
    boolean isCellState(Expression expr) {
        return expr.withoutPlaces().is(Kind.CELL_STATE) || cellStates.contains(expr);
    }

    /** Returns whether a vector is the output of a written-out cell after the step. */
    boolean isWrittenOut(Expression expr) {
        return cells.containsKey(expr);
    }

    /** Returns a vector as a function of one step. */
    Expression inOneStep(Expression expr) {
        Expression result = done.get(expr);
        if (result == null) {
            result = resolved(expr);
            done.put(expr, result);
        }
        return result;
    }

    private Expression resolved(Expression expr) {
        if (cells.containsKey(expr)) {
            return inOneStep(cells.get(expr));
        }
        if (isCellState(expr)) {
            throw new Unsupported(
                    expr.where(),
                    "the state c of a cell must be read only by the cell, but another node reads it; other nodes can read its"
                            + " output");
        }
        return switch (expr.kind()) {
            case INPUT -> input(expr);
            case AT -> atLast(expr);
            case STACK, MEAN, ROOT ->
                throw new Unsupported(expr.where(), "is not supported here, because it is not a function of one step");
            default -> {
                List<Expression> parts = new ArrayList<>();
                for (Expression part : expr.of()) {
                    parts.add(inOneStep(part));
                }
                yield expressions.rebuilt(expr, parts);
            }
        };
    }

    private static Expression input(Expression expr) {
        GraphInput input = expr.data(GraphInput.class);
        if (input.isState()) {
            throw new Unsupported(
                    expr.where(),
                    "the state before the step, input " + input.name()
                            + ", must be read only by its cell, but another node reads it");
        }
        return expr;
    }

    private Expression atLast(Expression expr) {
        Place place = expr.data(Place.class);
        boolean ofBatch = !roles.isTime(place.axis()) && place.axis().size() < 0 && place.index() == 0;
        if (!ofBatch && !(roles.isTime(place.axis()) && place.isLast())) {
            throw new Unsupported(
                    expr.where(),
                    "reads place " + place.index()
                            + " of an axis of its input, but only the last step of a sequence is available"
                            + " one step at a time");
        }
        return inOneStep(expr.below());
    }
}
