package io.lstmstreams.importer.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * An integer in a graph's computation of shapes: a constant, or a number that depends on the sizes of open axes:
 * {@code factor * (product of axes) + offset}.
 *
 * @param axes the axes whose sizes are multiplied; empty for a constant
 * @param factor the factor; 0 for a constant
 * @param offset the summand
 * @param known false for an unknown number
 */
record SymbolicInteger(List<Axis> axes, long factor, long offset, boolean known) {
    static final SymbolicInteger UNKNOWN = new SymbolicInteger(List.of(), 0, 0, false);

    static SymbolicInteger of(long value) {
        return new SymbolicInteger(List.of(), 0, value, true);
    }

    /** Returns the number of elements along axes. */
    static SymbolicInteger sizeOf(List<Axis> axes) {
        List<Axis> open = new ArrayList<>();
        long factor = 1;
        for (Axis axis : axes) {
            if (axis.size() < 0) {
                open.add(axis);
            } else {
                factor *= axis.size();
            }
        }
        return open.isEmpty() ? of(factor) : new SymbolicInteger(List.copyOf(open), factor, 0, true);
    }

    /** Returns whether this is the length of the sequence plus a number. */
    boolean isLengthPlus(long number) {
        return known && axes.equals(List.of(Axis.LENGTH)) && factor == 1 && offset == number;
    }

    /** Returns whether the number is at least another; an open size is at least 1. */
    boolean isAtLeast(long number) {
        return known && (isConstant() ? offset : factor >= 0 ? factor + offset : Long.MIN_VALUE) >= number;
    }

    boolean isConstant() {
        return known && axes.isEmpty();
    }

    boolean is(long value) {
        return isConstant() && offset == value;
    }

    /** Returns whether the number certainly differs from another: sizes are never negative. */
    boolean differsFrom(SymbolicInteger other) {
        if (isConstant() && other.isConstant()) {
            return offset != other.offset;
        }
        SymbolicInteger constant = isConstant() ? this : other;
        SymbolicInteger open = isConstant() ? other : this;
        return constant.isConstant() && open.known && constant.offset < open.offset;
    }

    /** Returns 1 if the number is less than another, 0 if it is not, or {@link #UNKNOWN}. */
    SymbolicInteger lessThan(SymbolicInteger other) {
        return isConstant() && other.isConstant() ? of(offset < other.offset ? 1 : 0) : UNKNOWN;
    }

    SymbolicInteger plus(SymbolicInteger other) {
        if (!known || !other.known) {
            return UNKNOWN;
        }
        if (isConstant()) {
            return new SymbolicInteger(other.axes, other.factor, Math.addExact(offset, other.offset), true);
        }
        if (other.isConstant()) {
            return new SymbolicInteger(axes, factor, Math.addExact(offset, other.offset), true);
        }
        return UNKNOWN;
    }

    SymbolicInteger times(SymbolicInteger other) {
        if (!known || !other.known) {
            return UNKNOWN;
        }
        if (isConstant() && other.isConstant()) {
            return of(Math.multiplyExact(offset, other.offset));
        }
        if (is(0) || other.is(0)) {
            return of(0);
        }
        if (offset == 0 && other.offset == 0) {
            List<Axis> both = new ArrayList<>(axes);
            both.addAll(other.axes);
            return new SymbolicInteger(List.copyOf(both), Math.multiplyExact(factor, other.factor), 0, true);
        }
        SymbolicInteger constant = isConstant() ? this : other;
        SymbolicInteger open = isConstant() ? other : this;
        if (!constant.isConstant()) {
            return UNKNOWN;
        }
        long by = constant.offset;
        return by == 0
                ? of(0)
                : new SymbolicInteger(
                        open.axes, Math.multiplyExact(open.factor, by), Math.multiplyExact(open.offset, by), true);
    }

    SymbolicInteger dividedBy(SymbolicInteger other) {
        if (!other.isConstant() || other.offset == 0 || !known) {
            return equals(other) && known ? of(1) : UNKNOWN;
        }
        if (isConstant()) {
            return of(offset / other.offset);
        }
        boolean even = factor % other.offset == 0 && offset % other.offset == 0;
        return even ? new SymbolicInteger(axes, factor / other.offset, offset / other.offset, true) : UNKNOWN;
    }
}
