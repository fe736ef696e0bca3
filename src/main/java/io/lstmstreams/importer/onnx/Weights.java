package io.lstmstreams.importer.onnx;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Constant operands of a computation: a vector, or a matrix [rows, columns]. Two objects are equal if their numbers are
 * equal bit by bit.
 */
final class Weights {
    private final String name;
    private final int rows;
    private final int columns;
    private final float[] values;
    private final int hash;

    private Weights(String name, int rows, int columns, float[] values) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.values = values;
        this.hash = 31 * columns + Arrays.hashCode(values);
    }

    static Weights vector(String name, float... values) {
        return new Weights(name, values.length, 0, values);
    }

    /** Creates a matrix; the array is row-major and not copied. */
    static Weights matrix(String name, int rows, int columns, float... values) {
        return new Weights(name, rows, columns, values);
    }

    static Weights filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return vector("a constant", values);
    }

    String name() {
        return name;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    float[] values() {
        return values;
    }

    boolean isZero() {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the value of all elements, or NaN if they differ. */
    float common() {
        for (float value : values) {
            if (value != values[0]) {
                return Float.NaN;
            }
        }
        return values.length == 0 ? Float.NaN : values[0];
    }

    /** Returns rows of a matrix, or elements of a vector. */
    Weights rows(int from, int count) {
        if (from == 0 && count == rows) {
            return this;
        }
        int width = Math.max(1, columns);
        return new Weights(name, count, columns, Arrays.copyOfRange(values, from * width, (from + count) * width));
    }

    /** Returns columns of a matrix. */
    Weights columns(int from, int count) {
        float[] part = new float[rows * count];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, row * columns + from, part, row * count, count);
        }
        return new Weights(name, rows, count, part);
    }

    /** Returns matrices of as many rows side by side. */
    static Weights sideBySide(List<Weights> parts) {
        int rows = parts.get(0).rows;
        int columns = parts.stream().mapToInt(Weights::columns).sum();
        float[] values = new float[rows * columns];
        int at = 0;
        for (Weights part : parts) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(part.values, row * part.columns, values, row * columns + at, part.columns);
            }
            at += part.columns;
        }
        return new Weights(parts.get(0).name, rows, columns, values);
    }

    Weights negated() {
        float[] opposite = new float[values.length];
        for (int i = 0; i < opposite.length; i++) {
            opposite[i] = -values[i];
        }
        return new Weights(name, rows, columns, opposite);
    }

    Weights plus(Weights other) {
        float[] sum = new float[Math.max(values.length, other.values.length)];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = values[values.length == 1 ? 0 : i] + other.values[other.values.length == 1 ? 0 : i];
        }
        return vector(name, sum);
    }

    Weights times(Weights other) {
        float[] product = new float[Math.max(values.length, other.values.length)];
        for (int i = 0; i < product.length; i++) {
            product[i] = values[values.length == 1 ? 0 : i] * other.values[other.values.length == 1 ? 0 : i];
        }
        return vector(name, product);
    }

    /** Returns a single number if all elements are equal, otherwise these weights. */
    Weights shortened() {
        return rows > 1 && columns == 0 && !Float.isNaN(common()) ? vector(name, values[0]) : this;
    }

    /** Repeats a single number to a vector of some length. */
    Weights stretched(int length) {
        return values.length == length ? this : filled(length, values[0]);
    }

    Tensor tensor() {
        return new Tensor(name, columns == 0 ? new long[] {rows} : new long[] {rows, columns}, values);
    }

    @Override
    public boolean equals(Object object) {
        return this == object
                || (object instanceof Weights other
                        && hash == other.hash
                        && rows == other.rows
                        && columns == other.columns
                        && Arrays.equals(values, other.values));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
