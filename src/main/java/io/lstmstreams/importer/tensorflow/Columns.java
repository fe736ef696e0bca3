package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.modelfile.tensor.Tensor;

/**
 * Converts TensorFlow's matrices {@code [inputs, outputs]}, with one block of columns for each gate, to our matrices
 * {@code [outputs, inputs]} with the blocks in another order.
 */
final class Columns {
    private Columns() {}

    /**
     * Transposes rows of a matrix and reorders its blocks.
     *
     * @param kernel the matrix {@code [inputs, blocks * units]}
     * @param from the first row
     * @param to the row after the last
     * @param order the kernel's block for each block of the result
     * @return the matrix {@code [order.length * units, to - from]}
     */
    static Tensor transposed(Tensor kernel, int from, int to, int units, int... order) {
        int columns = (int) kernel.shape()[1];
        int inputs = to - from;
        float[] values = new float[order.length * units * inputs];
        for (int block = 0; block < order.length; block++) {
            for (int unit = 0; unit < units; unit++) {
                int column = order[block] * units + unit;
                int at = (block * units + unit) * inputs;
                for (int input = 0; input < inputs; input++) {
                    values[at + input] = kernel.values()[(from + input) * columns + column];
                }
            }
        }
        return new Tensor(kernel.name(), new long[] {(long) order.length * units, inputs}, values);
    }

    /** Transposes a matrix. */
    static Tensor transposed(Tensor kernel) {
        return transposed(kernel, 0, (int) kernel.shape()[0], (int) kernel.shape()[1], 0);
    }

    /** Returns the blocks of a vector, beginning at an element, in another order. */
    static Tensor reordered(Tensor vector, int from, int units, int... order) {
        float[] values = new float[order.length * units];
        for (int block = 0; block < order.length; block++) {
            System.arraycopy(vector.values(), from + order[block] * units, values, block * units, units);
        }
        return new Tensor(vector.name(), new long[] {values.length}, values);
    }

    /** Stacks two matrices along their rows, {@code [a + b, inputs]}, or concatenates two vectors. */
    static Tensor stacked(Tensor above, Tensor below) {
        float[] values = new float[above.values().length + below.values().length];
        System.arraycopy(above.values(), 0, values, 0, above.values().length);
        System.arraycopy(below.values(), 0, values, above.values().length, below.values().length);
        long[] shape = above.shape().clone();
        shape[0] += below.shape()[0];
        return new Tensor(above.name(), shape, values);
    }
}
