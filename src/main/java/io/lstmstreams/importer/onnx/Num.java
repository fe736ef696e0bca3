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
record Num(List<Axis> axes, long factor, long offset, boolean known) {
    static final Num UNKNOWN = new Num(List.of(), 0, 0, false);

    static Num of(long value) {
        return new Num(List.of(), 0, value, true);
    }

    /** Returns the number of elements along axes. */
    static Num sizeOf(List<Axis> axes) {
        List<Axis> open = new ArrayList<>();
        long factor = 1;
        for (Axis axis : axes) {
            if (axis.size() < 0) {
                open.add(axis);
            } else {
                factor *= axis.size();
            }
        }
        return open.isEmpty() ? of(factor) : new Num(List.copyOf(open), factor, 0, true);
    }

    boolean isConstant() {
        return known && axes.isEmpty();
    }

    boolean is(long value) {
        return isConstant() && offset == value;
    }

    /** Returns whether the number certainly differs from another: sizes are never negative. */
    boolean differsFrom(Num other) {
        if (isConstant() && other.isConstant()) {
            return offset != other.offset;
        }
        Num constant = isConstant() ? this : other;
        Num open = isConstant() ? other : this;
        return constant.isConstant() && open.known && constant.offset < open.offset;
    }

    /** Returns 1 if the number is less than another, 0 if it is not, or {@link #UNKNOWN}. */
    Num lessThan(Num other) {
        return isConstant() && other.isConstant() ? of(offset < other.offset ? 1 : 0) : UNKNOWN;
    }

    Num plus(Num other) {
        if (!known || !other.known) {
            return UNKNOWN;
        }
        if (isConstant()) {
            return new Num(other.axes, other.factor, Math.addExact(offset, other.offset), true);
        }
        if (other.isConstant()) {
            return new Num(axes, factor, Math.addExact(offset, other.offset), true);
        }
        return UNKNOWN;
    }

    Num times(Num other) {
        if (!known || !other.known) {
            return UNKNOWN;
        }
        if (isConstant() && other.isConstant()) {
            return of(Math.multiplyExact(offset, other.offset));
        }
        if (offset == 0 && other.offset == 0) {
            List<Axis> both = new ArrayList<>(axes);
            both.addAll(other.axes);
            return new Num(List.copyOf(both), Math.multiplyExact(factor, other.factor), 0, true);
        }
        Num constant = isConstant() ? this : other;
        Num open = isConstant() ? other : this;
        if (!constant.isConstant()) {
            return UNKNOWN;
        }
        long by = constant.offset;
        return by == 0
                ? of(0)
                : new Num(open.axes, Math.multiplyExact(open.factor, by), Math.multiplyExact(open.offset, by), true);
    }

    Num dividedBy(Num other) {
        if (!other.isConstant() || other.offset == 0 || !known) {
            return equals(other) && known ? of(1) : UNKNOWN;
        }
        if (isConstant()) {
            return of(offset / other.offset);
        }
        boolean even = factor % other.offset == 0 && offset % other.offset == 0;
        return even ? new Num(axes, factor / other.offset, offset / other.offset, true) : UNKNOWN;
    }
}
