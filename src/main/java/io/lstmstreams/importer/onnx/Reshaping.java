package io.lstmstreams.importer.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the axes of a reshaped tensor's dimensions. Reshaping keeps the order of the elements, so each new dimension
 * consists of adjacent old axes: none, one, or several that are merged. An axis cannot be split.
 */
final class Reshaping {
    private static final int FOR_AN_OPEN_SIZE = 10; // costs more than merging axes

    private final List<Axis> axes;
    private final List<SymbolicInteger> target;
    private @Nullable List<List<Axis>> best;
    private int bestCost = Integer.MAX_VALUE;
    private boolean tie;

    private Reshaping(List<Axis> axes, List<SymbolicInteger> target) {
        this.axes = axes;
        this.target = target;
    }

    /**
     * Finds the only assignment that fits, or the best one if the graph fixes a size that its input leaves open.
     *
     * @param source the old dimensions
     * @param target the new sizes; -1 is the rest
     * @return the new dimensions, or null without an assignment or without a single best one
     */
    static @Nullable List<List<Axis>> fit(List<List<Axis>> source, List<SymbolicInteger> target) {
        List<Axis> axes = source.stream()
                .flatMap(List::stream)
                .filter(axis -> !axis.isSingle())
                .toList();
        if (axes.size() > 8 || target.size() > 8) {
            return null;
        }
        Reshaping search = new Reshaping(axes, target);
        search.place(0, 0, 0, new ArrayList<>());
        return search.tie ? null : search.best;
    }

    private void place(int dim, int from, int cost, List<List<Axis>> sofar) {
        if (dim == target.size()) {
            if (from == axes.size() && cost <= bestCost) {
                tie = cost == bestCost && !sofar.equals(best);
                bestCost = cost;
                best = List.copyOf(sofar);
            }
            return;
        }
        for (int to = from; to <= axes.size(); to++) {
            List<Axis> group = axes.subList(from, to);
            int groupCost = cost(group, target.get(dim));
            if (groupCost >= 0) {
                sofar.add(List.copyOf(group));
                place(dim + 1, to, cost + groupCost, sofar);
                sofar.remove(sofar.size() - 1);
            }
        }
    }

    /** Returns the cost of assigning axes to a dimension, or -1 if they do not fit. */
    private static int cost(List<Axis> group, SymbolicInteger size) {
        int merged = Math.max(0, group.size() - 1);
        if (size.is(-1) || !size.known()) {
            return merged;
        }
        SymbolicInteger has = SymbolicInteger.sizeOf(group);
        if (has.equals(size)) {
            return merged;
        }
        if (size.isConstant() && !has.isConstant()) {
            boolean possible = size.offset() > 0 && size.offset() % has.factor() == 0;
            return possible ? merged + FOR_AN_OPEN_SIZE * has.axes().size() : -1;
        }
        if (!size.isConstant() && size.axes().size() == 1 && has.isConstant() && !group.isEmpty()) {
            return -1;
        }
        return -1;
    }
}
