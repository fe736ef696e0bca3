package io.lstmstreams.importer.onnx.run;

import io.lstmstreams.importer.onnx.format.OnnxType;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * An array of numbers of any rank, row by row. Integers and truth values are held as doubles, which is exact up to
 * 2^53.
 * Immutable: no method changes an array, and the constructor's arrays must not be changed.
 */
public final class NdArray {
    private static final int MOST_VALUES = 1 << 25; // 256 MiB

    private final OnnxType type;
    private final int[] shape;
    private final double[] values;

    /**
     * Creates an array.
     *
     * @param values as many values as the shape has elements
     */
    public NdArray(OnnxType type, int[] shape, double[] values) {
        if (size(shape) != values.length) {
            throw new IllegalArgumentException(
                    values.length + " values do not fill the shape " + Arrays.toString(shape));
        }
        this.type = type;
        this.shape = shape;
        this.values = values;
    }

    public static NdArray scalar(OnnxType type, double value) {
        return new NdArray(type, new int[0], new double[] {value});
    }

    static NdArray integers(long... values) {
        return new NdArray(
                OnnxType.INT64,
                new int[] {values.length},
                Arrays.stream(values).asDoubleStream().toArray());
    }

    public static int size(int... shape) {
        long size = 1;
        for (int dim : shape) {
            size *= dim;
            if (dim < 0 || size > MOST_VALUES) {
                throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " is too large");
            }
        }
        return (int) size;
    }

    public OnnxType type() {
        return type;
    }

    public int rank() {
        return shape.length;
    }

    public int[] shape() {
        return shape.clone();
    }

    public int dim(int axis) {
        return shape[axis];
    }

    public int size() {
        return values.length;
    }

    double[] values() {
        return values.clone();
    }

    public double value(int index) {
        return values[index];
    }

    /** Returns the values of an array of integers. */
    long[] asIntegers() {
        return Arrays.stream(values).mapToLong(value -> (long) value).toArray();
    }

    /** Returns the same values in another shape. */
    public NdArray reshaped(int... newShape) {
        return new NdArray(type, newShape, values);
    }

    /** Returns the same values with another type, without rounding. */
    NdArray as(OnnxType newType) {
        return new NdArray(newType, shape, values);
    }

    public NdArray map(DoubleUnaryOperator function) {
        return new NdArray(type, shape, Arrays.stream(values).map(function).toArray());
    }

    /** Returns the values rounded to the type, if it has fewer digits than float32. */
    NdArray rounded() {
        return switch (type) {
            case FLOAT16 -> map(NdArray::toFloat16);
            case BFLOAT16 -> map(NdArray::toBfloat16);
            default -> this;
        };
    }

    /** Rounds to the nearest number with a significand of 11 bits. */
    private static double toFloat16(double x) {
        double size = Math.abs(x);
        if (size >= 65520) {
            return Math.copySign(Double.POSITIVE_INFINITY, x);
        }
        double unit = size < 0x1p-14 ? 0x1p-24 : Math.scalb(1.0, Math.getExponent(size) - 10);
        return Math.rint(x / unit) * unit;
    }

    /** Rounds to the nearest number with a significand of 8 bits. */
    private static double toBfloat16(double x) {
        double unit = Math.scalb(1.0, Math.max(-126, Math.getExponent(x)) - 7);
        return Double.isFinite(x) ? Math.rint(x / unit) * unit : x;
    }

    /** Combines two arrays element by element, after both are repeated to a common shape (numpy's rules). */
    static NdArray combine(OnnxType type, NdArray a, NdArray b, DoubleBinaryOperator function) {
        int[] shape = commonShape(a.shape, b.shape);
        NdArray left = a.broadcast(shape);
        NdArray right = b.broadcast(shape);
        double[] values = new double[left.values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = function.applyAsDouble(left.values[i], right.values[i]);
        }
        return new NdArray(type, shape, values);
    }

    static int[] commonShape(int[] a, int[] b) {
        int rank = Math.max(a.length, b.length);
        int[] shape = new int[rank];
        for (int i = 0; i < rank; i++) {
            int left = i < rank - a.length ? 1 : a[i - rank + a.length];
            int right = i < rank - b.length ? 1 : b[i - rank + b.length];
            if (left != right && left != 1 && right != 1) {
                throw new IllegalArgumentException(
                        "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not fit each other");
            }
            shape[i] = left == 1 ? right : left;
        }
        return shape;
    }

    /** Repeats the array along new axes and axes of length 1. */
    NdArray broadcast(int... newShape) {
        if (Arrays.equals(shape, newShape)) {
            return this;
        }
        int[] steps = new int[newShape.length]; // by axis of the result: the distance of two elements in this array
        int step = 1;
        for (int axis = newShape.length - 1; axis >= 0; axis--) {
            int own = axis - newShape.length + shape.length;
            int dim = own < 0 ? 1 : shape[own];
            if (dim != 1 && dim != newShape[axis]) {
                throw new IllegalArgumentException(
                        "the shape " + Arrays.toString(shape) + " cannot be repeated to " + Arrays.toString(newShape));
            }
            steps[axis] = dim == 1 ? 0 : step;
            step *= dim;
        }
        return picked(newShape, 0, steps);
    }

    public NdArray transposed(int... order) {
        int[] own = strides();
        int[] newShape = new int[order.length];
        int[] steps = new int[order.length];
        for (int axis = 0; axis < order.length; axis++) {
            newShape[axis] = shape[order[axis]];
            steps[axis] = own[order[axis]];
        }
        return picked(newShape, 0, steps);
    }

    /** Returns {@code count} places of an axis: start, start + step, and so on. */
    public NdArray sliced(int axis, int start, int step, int count) {
        int[] newShape = shape.clone();
        newShape[axis] = count;
        int[] steps = strides();
        int from = start * steps[axis];
        steps[axis] *= step;
        return picked(newShape, from, steps);
    }

    private int[] strides() {
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    private NdArray picked(int[] newShape, int from, int... steps) {
        double[] picked = new double[size(newShape)];
        int[] index = new int[newShape.length];
        int at = from;
        for (int i = 0; i < picked.length; i++) {
            picked[i] = values[at];
            for (int axis = newShape.length - 1; axis >= 0; axis--) {
                at += steps[axis];
                if (++index[axis] < newShape[axis]) {
                    break;
                }
                at -= steps[axis] * newShape[axis];
                index[axis] = 0;
            }
        }
        return new NdArray(type, newShape, picked);
    }

    /** Drops axes of length 1. */
    NdArray without(boolean... axes) {
        int[] rest = IntStream.range(0, rank())
                .filter(axis -> !axes[axis])
                .map(axis -> shape[axis])
                .toArray();
        return reshaped(rest);
    }

    /** Returns the number of combinations of the axes before an axis. */
    int before(int axis) {
        return size(Arrays.copyOfRange(shape, 0, axis));
    }

    /** Returns the number of combinations of the axes after an axis: the distance of two elements along it. */
    public int after(int axis) {
        return size(Arrays.copyOfRange(shape, axis + 1, shape.length));
    }

    static NdArray concatenated(int axis, List<NdArray> parts) {
        NdArray first = parts.get(0);
        int[] shape = first.shape();
        shape[axis] = parts.stream().mapToInt(part -> part.dim(axis)).sum();
        double[] values = new double[size(shape)];
        int after = first.after(axis);
        int at = 0;
        for (int before = 0; before < first.before(axis); before++) {
            for (NdArray part : parts) {
                int length = part.dim(axis) * after;
                System.arraycopy(part.values, before * length, values, at, length);
                at += length;
            }
        }
        return new NdArray(first.type, shape, values);
    }

    /** Returns the places of an axis in the order of indices; the axis is replaced by the axes of the indices. */
    NdArray gathered(int axis, NdArray indices) {
        int after = after(axis);
        int[] newShape = new int[rank() - 1 + indices.rank()];
        System.arraycopy(shape, 0, newShape, 0, axis);
        System.arraycopy(indices.shape, 0, newShape, axis, indices.rank());
        System.arraycopy(shape, axis + 1, newShape, axis + indices.rank(), rank() - axis - 1);
        double[] picked = new double[size(newShape)];
        int at = 0;
        for (int before = 0; before < before(axis); before++) {
            for (double index : indices.values) {
                int place = (int) (index < 0 ? index + shape[axis] : index);
                System.arraycopy(values, (before * shape[axis] + place) * after, picked, at, after);
                at += after;
            }
        }
        return new NdArray(type, newShape, picked);
    }

    /** Reduces one axis to length 1. */
    NdArray reduced(int axis, double start, DoubleBinaryOperator function) {
        int after = after(axis);
        int[] newShape = shape.clone();
        newShape[axis] = 1;
        double[] reduced = new double[size(newShape)];
        Arrays.fill(reduced, start);
        for (int before = 0; before < before(axis); before++) {
            for (int place = 0; place < shape[axis]; place++) {
                for (int i = 0; i < after; i++) {
                    int to = before * after + i;
                    reduced[to] =
                            function.applyAsDouble(reduced[to], values[(before * shape[axis] + place) * after + i]);
                }
            }
        }
        return new NdArray(type, newShape, reduced);
    }

    /** Multiplies matrices, or stacks of matrices in the last two axes, by numpy's rules. */
    static NdArray product(NdArray a, NdArray b) {
        NdArray left = a.rank() == 1 ? a.reshaped(1, a.dim(0)) : a;
        NdArray right = b.rank() == 1 ? b.reshaped(b.dim(0), 1) : b;
        int rows = left.dim(left.rank() - 2);
        int inner = left.dim(left.rank() - 1);
        int columns = right.dim(right.rank() - 1);
        if (right.dim(right.rank() - 2) != inner) {
            throw new IllegalArgumentException("matrices of shapes " + Arrays.toString(a.shape) + " and "
                    + Arrays.toString(b.shape) + " cannot be multiplied");
        }
        int[] stack =
                commonShape(Arrays.copyOf(left.shape, left.rank() - 2), Arrays.copyOf(right.shape, right.rank() - 2));
        left = left.broadcast(joined(stack, rows, inner));
        right = right.broadcast(joined(stack, inner, columns));
        double[] values = new double[size(stack) * rows * columns];
        for (int matrix = 0; matrix < size(stack); matrix++) {
            for (int row = 0; row < rows; row++) {
                for (int k = 0; k < inner; k++) {
                    double factor = left.values[(matrix * rows + row) * inner + k];
                    for (int column = 0; column < columns; column++) {
                        values[(matrix * rows + row) * columns + column] +=
                                factor * right.values[(matrix * inner + k) * columns + column];
                    }
                }
            }
        }
        int[] shape = stack;
        shape = a.rank() == 1 ? shape : joined(shape, rows);
        shape = b.rank() == 1 ? shape : joined(shape, columns);
        return new NdArray(a.type, shape, values);
    }

    static int[] joined(int[] shape, int... more) {
        int[] all = Arrays.copyOf(shape, shape.length + more.length);
        System.arraycopy(more, 0, all, shape.length, more.length);
        return all;
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
