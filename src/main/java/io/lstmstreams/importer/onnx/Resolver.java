package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expr.Kind;
import io.lstmstreams.importer.onnx.Expr.Place;
import io.lstmstreams.importer.onnx.Expr.RecurrentLayer;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the cells that are written out in a graph, and its outputs as functions of one step: the vector after the last step of a
 * sequence is, in a stream, the vector after the latest step.
 */
final class Resolver {
    private final String file;
    private final Exprs exprs;
    private final CellPatterns patterns;
    private final Unrolled unrolled;
    private final Roles roles;
    private final Map<Expr, Expr> cells = new HashMap<>();
    private final Set<Expr> cellStates = new HashSet<>();
    private final Map<Expr, Expr> done = new HashMap<>();

    Resolver(String file, Exprs exprs, CellPatterns patterns, Unrolled unrolled, Roles roles) {
        this.file = file;
        this.exprs = exprs;
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
    void findCells(Set<Expr> outputs, GraphInput firstInput) {
        List<Expr> all = reachable(outputs);
        for (Expr expr : all) {
            Unrolled.Sequence sequence = unrolled.last(expr);
            if (sequence != null) {
                cells.put(expr, sequence.expr());
                addCellState(unrolled.lastCellState(expr));
            }
        }
        unrolled.times().forEach(time -> roles.bindUnrolled(file, time));
        for (Expr expr : all) {
            CellMatch match = cells.containsKey(expr) ? null : step(expr, outputs, firstInput);
            if (match != null) {
                Call call = new Call(expr.where(), null, List.of(), 0);
                roles.bindState(call, match.h(), "state");
                if (match.c() != null) {
                    roles.bindState(call, match.c(), "cell state");
                }
                roles.bindStep();
                RecurrentLayer layer = new RecurrentLayer(expr.where(), match.spec(), match.weights());
                cells.put(expr, exprs.make(Kind.CELL, List.of(match.x()), layer, expr.units()));
                addCellState(match.newC());
            }
        }
    }

    private void addCellState(Expr cellState) {
        if (cellState != null) {
            cellStates.add(cellState);
        }
    }

    /** Returns the match of a vector with the output of a cell whose state is an input, or null. */
    private CellMatch step(Expr expr, Set<Expr> outputs, GraphInput firstInput) {
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

    private static GraphInput given(Expr expr) {
        Expr input = expr;
        while (input.is(Kind.AT)) {
            input = input.below();
        }
        return input.is(Kind.INPUT) ? input.data(GraphInput.class) : null;
    }

    /** Returns all expressions on which expressions depend, the latest first. */
    private static List<Expr> reachable(Set<Expr> from) {
        Set<Expr> seen = new HashSet<>(from);
        List<Expr> open = new ArrayList<>(from);
        while (!open.isEmpty()) {
            for (Expr part : open.remove(open.size() - 1).of()) {
                if (seen.add(part)) {
                    open.add(part);
                }
            }
        }
        return seen.stream().sorted(Comparator.comparing(Expr::id).reversed()).toList();
    }

    /** Returns whether a vector is the cell state c after the step. */
    boolean isCellState(Expr expr) {
        Expr inner = expr;
        while (inner.is(Kind.AT)) {
            inner = inner.below();
        }
        return inner.is(Kind.CELL_STATE) || cellStates.contains(expr);
    }

    /** Returns whether a vector is the output of a written-out cell after the step. */
    boolean isWrittenOut(Expr expr) {
        return cells.containsKey(expr);
    }

    /** Returns a vector as a function of one step. */
    Expr inOneStep(Expr expr) {
        Expr result = done.get(expr);
        if (result == null) {
            result = resolved(expr);
            done.put(expr, result);
        }
        return result;
    }

    private Expr resolved(Expr expr) {
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
                List<Expr> parts = new ArrayList<>();
                for (Expr part : expr.of()) {
                    parts.add(inOneStep(part));
                }
                yield exprs.rebuilt(expr, parts);
            }
        };
    }

    private static Expr input(Expr expr) {
        GraphInput input = expr.data(GraphInput.class);
        if (input.isState()) {
            throw new Unsupported(
                    expr.where(),
                    "the state before the step, input " + input.name()
                            + ", must be read only by its cell, but another node reads it");
        }
        return expr;
    }

    private Expr atLast(Expr expr) {
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
