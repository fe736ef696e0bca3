package io.lstmstreams.importer.keras;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Arrays;

/** Converts Keras' arrays to PyTorch's layout: Keras multiplies from the right, so its matrices are {@code [inputs, outputs]}. */
final class Matrices {
    private Matrices() {}

    static Tensor transposed(Tensor matrix) {
        int rows = (int) matrix.shape()[0];
        int columns = (int) matrix.shape()[1];
        float[] values = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                values[c * rows + r] = matrix.values()[r * columns + c];
            }
        }
        return new Tensor(matrix.name(), new long[] {columns, rows}, values);
    }

    /** Returns the rows {@code from} to {@code to} of a matrix, or these elements of a vector. */
    static Tensor rows(Tensor tensor, int from, int to) {
        int width = tensor.shape().length == 1 ? 1 : (int) tensor.shape()[1];
        float[] values = Arrays.copyOfRange(tensor.values(), from * width, to * width);
        long[] shape = tensor.shape().clone();
        shape[0] = to - from;
        return new Tensor(tensor.name(), shape, values);
    }

    /** Stacks tensors along their rows. */
    static Tensor stacked(Tensor... tensors) {
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

    /** Swaps the first two of three blocks of rows: Keras' gates z, r, h become r, z, n. */
    static Tensor resetFirst(Tensor gates, int units) {
        return stacked(rows(gates, units, 2 * units), rows(gates, 0, units), rows(gates, 2 * units, 3 * units));
    }

    /**
     * Returns the recurrent or the input weights of a CuDNN layer. Keras stores the numbers in CuDNN's order in an array of the
     * shape {@code [inputs, gates * units]}: each gate's block, read row by row, is already {@code [units, inputs]}.
     */
    static Tensor ofCudnn(Tensor kernel, int gates) {
        int inputs = (int) kernel.shape()[0];
        int columns = (int) kernel.shape()[1];
        int units = columns / gates;
        float[] values = new float[inputs * columns];
        int at = 0;
        for (int gate = 0; gate < gates; gate++) {
            for (int r = 0; r < inputs; r++) {
                for (int c = 0; c < units; c++) {
                    values[at++] = kernel.values()[r * columns + gate * units + c];
                }
            }
        }
        return new Tensor(kernel.name(), new long[] {columns, inputs}, values);
    }

    static Tensor sum(Tensor a, Tensor b) {
        float[] values = new float[a.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = a.values()[i] + b.values()[i];
        }
        return new Tensor(a.name(), a.shape(), values);
    }
}
