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
    private final Set<Expression> withinProjections = new HashSet<>(); // o * tanh(c) of projected cells
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
     * @param likelyInputs the model's inputs that are not states if the roles are ambiguous
     */
    void findCells(Set<Expression> outputs, Set<GraphInput> likelyInputs) {
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
            boolean known = cells.containsKey(expr) || withinProjections.contains(expr);
            CellMatch match = known ? null : step(expr, outputs, likelyInputs);
            if (match != null) {
                if (expr.is(Kind.DENSE)) {
                    withinProjections.add(expr.below());
                }
                roles.bindState(expr.where(), match.h(), "state");
                roles.bindNext(match.h(), expr);
                if (match.c() != null && match.newC() != null) {
                    roles.bindState(expr.where(), match.c(), "cell state");
                    roles.bindNext(match.c(), match.newC());
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
    private @Nullable CellMatch step(Expression expr, Set<Expression> outputs, Set<GraphInput> likelyInputs) {
        boolean isResult = outputs.contains(expr) && (!expr.is(Kind.DENSE) || !outputs.contains(expr.below()));
        if (!isResult && (expr.is(Kind.ACTIVATION) || expr.is(Kind.DENSE))) {
            return null; // a layer's function, or a layer's product
        }
        CellMatch best = null;
        for (CellMatch match : patterns.matches(expr)) {
            GraphInput state = given(match.h());
            boolean fits = state != null && (match.c() == null || given(match.c()) != null);
            if (fits && (best == null || likelyInputs.contains(given(best.h())))) {
                best = match;
            }
        }
        return best;
    }

    private static @Nullable GraphInput given(Expression expr) {
        Expression input = expr.withoutParts();
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
        if (withinProjections.contains(expr)) {
            throw new Unsupported(
                    expr.where(),
                    "computes o * tanh(c) of a cell whose output is its projection, so that only the projection"
                            + " can read"
                            + " it, but another node reads it");
        }
        if (isCellState(expr)) {
            throw new Unsupported(
                    expr.where(),
                    "computes the state c of a cell, which must be read only by the cell, but another node"
                            + " reads it; other"
                            + " nodes can read the output h");
        }
        Expression withCell = expr.is(Kind.ADD) ? withCell(expr) : null;
        if (withCell != null) {
            return withCell;
        }
        return switch (expr.kind()) {
            case INPUT -> input(expr);
            case AT -> atLast(expr);
            case STACK, ROOT ->
                throw new Unsupported(
                        expr.where(),
                        expr.is(Kind.ROOT)
                                ? "a square root is supported only in a layer normalisation"
                                : "joins several vectors along a dimension other than the features, such as steps or"
                                        + " layers, which is not a vector of one step");
            default -> {
                List<Expression> parts = new ArrayList<>();
                for (Expression part : expr.of()) {
                    checkReader(expr, part);
                    parts.add(inOneStep(part));
                }
                yield expressions.rebuilt(expr, parts);
            }
        };
    }

    /** Returns a sum some of whose terms are the sum that a cell computes, as in a residual layer, or null. */
    private @Nullable Expression withCell(Expression sum) {
        for (Expression cell : cells.keySet()) {
            if (cell.is(Kind.ADD) && sum.of().containsAll(cell.of())) {
                Expression rest = sum.of().stream()
                        .filter(term -> !cell.of().contains(term))
                        .reduce(expressions::add)
                        .orElseThrow();
                return expressions.add(inOneStep(cell), inOneStep(rest));
            }
        }
        return null;
    }

    /** Refuses a vector that is computed from the state before the step outside of its cell. */
    private static void checkReader(Expression expr, Expression part) {
        GraphInput state = given(part);
        if (state != null && state.isState()) {
            throw new Unsupported(
                    expr.where(),
                    "reads the state before the step, input " + state.name()
                            + ", which only the cell can read, as a zoned-out, leaky or residual state does");
        }
    }

    private static Expression input(Expression expr) {
        GraphInput input = expr.data(GraphInput.class);
        if (input.isState()) {
            throw new Unsupported(expr.where(), "an output must not be the state before the step");
        }
        return expr;
    }

    private Expression atLast(Expression expr) {
        Place place = expr.data(Place.class);
        boolean ofBatch = !roles.isTime(place.axis()) && place.axis().size() < 0 && place.index() == 0;
        if (!ofBatch && !(roles.isTime(place.axis()) && place.isLast())) {
            throw new Unsupported(
                    expr.where(),
                    "reads place " + place.index() + " of " + place.axis()
                            + " by itself; only the last step of a sequence is available one step at a time,"
                            + " and a loop that is"
                            + " written out must have the equations of an LSTM, a GRU or an RNN");
        }
        return inOneStep(expr.below());
    }
}
