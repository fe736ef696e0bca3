package io.lstmstreams.importer.draft;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Arrays;

/** Operations on row-major matrices and vectors. A result has the name of its first operand, for errors. */
public final class Matrices {
    private Matrices() {}

    /** Returns a matrix {@code [rows, columns]} as {@code [columns, rows]}. */
    public static Tensor transposed(Tensor matrix) {
        int rows = (int) matrix.shape()[0];
        int columns = (int) matrix.shape()[1];
        float[] values = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values[column * rows + row] = matrix.values()[row * columns + column];
            }
        }
        return new Tensor(matrix.name(), new long[] {columns, rows}, values);
    }

    /**
     * Returns the rows {@code from} (inclusive) to {@code to} (exclusive) of a matrix, or these elements of a vector.
     */
    public static Tensor rows(Tensor tensor, int from, int to) {
        int width = tensor.shape().length == 1 ? 1 : (int) tensor.shape()[1];
        float[] values = Arrays.copyOfRange(tensor.values(), from * width, to * width);
        long[] shape = tensor.shape().clone();
        shape[0] = (long) to - from;
        return new Tensor(tensor.name(), shape, values);
    }

    /** Returns all rows of tensors of the same width, one tensor below the other. */
    public static Tensor stacked(Tensor... tensors) {
        int count = 0;
        long rows = 0;
        for (Tensor tensor : tensors) {
            count += tensor.values().length;
            rows += tensor.shape()[0];
        }
        float[] values = new float[count];
        int at = 0;
        for (Tensor tensor : tensors) {
            System.arraycopy(tensor.values(), 0, values, at, tensor.values().length);
            at += tensor.values().length;
        }
        long[] shape = tensors[0].shape().clone();
        shape[0] = rows;
        return new Tensor(tensors[0].name(), shape, values);
    }

    /** Returns all columns of matrices with the same number of rows, side by side. */
    public static Tensor sideBySide(Tensor... matrices) {
        Tensor[] turned = Arrays.stream(matrices).map(Matrices::transposed).toArray(Tensor[]::new);
        return transposed(stacked(turned));
    }

    /** Returns a matrix as a vector, row by row. */
    static Tensor flat(Tensor tensor) {
        return new Tensor(tensor.name(), new long[] {tensor.values().length}, tensor.values());
    }
}
