package io.lstmstreams.importer.tensorflow;

import io.lstmstreams.modelfile.tensor.Tensor;

/**
 * The algebra between TensorFlow's matrices {@code [inputs, outputs]}, whose columns are blocks of a gate each, and ours
 * {@code [outputs, inputs]} with the blocks in another order.
 */
final class Columns {
    private Columns() {}

    /**
     * Turns rows of a matrix into the columns of another.
     *
     * @param kernel {@code [inputs, blocks * units]}
     * @param from the first row that is taken
     * @param to the row after the last one
     * @param order for each block of the result which block of the kernel it is
     * @return {@code [order.length * units, to - from]}
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

    /** The whole matrix with rows and columns exchanged. */
    static Tensor transposed(Tensor kernel) {
        return transposed(kernel, 0, (int) kernel.shape()[0], (int) kernel.shape()[1], 0);
    }

    /** Blocks of a vector, beginning at an element, in another order. */
    static Tensor reordered(Tensor vector, int from, int units, int... order) {
        float[] values = new float[order.length * units];
        for (int block = 0; block < order.length; block++) {
            System.arraycopy(vector.values(), from + order[block] * units, values, block * units, units);
        }
        return new Tensor(vector.name(), new long[] {values.length}, values);
    }

    /** One under the other: {@code [a + b, inputs]}, or two vectors one after the other. */
    static Tensor stacked(Tensor above, Tensor below) {
        float[] values = new float[above.values().length + below.values().length];
        System.arraycopy(above.values(), 0, values, 0, above.values().length);
        System.arraycopy(below.values(), 0, values, above.values().length, below.values().length);
        long[] shape = above.shape().clone();
        shape[0] += below.shape()[0];
        return new Tensor(above.name(), shape, values);
    }
}
