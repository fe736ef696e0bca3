package io.lstmstreams.kernel;

import org.ojalgo.matrix.store.R032Store;

/**
 * A kernel that multiplies with ojAlgo's 32-bit store and leaves the element-wise part to {@link ScalarKernel}. The
 * only class of this package that imports ojAlgo. As an independent library, ojAlgo is the second reference of the
 * tests.
 *
 * <p>Thread-safe. ojAlgo requires arrays of exactly the matrix's shape, so each thread has one input and one output
 * store for each matrix that it multiplies with. A product allocates nothing once a thread has its stores.
 */
final class OjAlgoKernel implements Kernel {

    private final Kernel elementWise = new ScalarKernel();

    @Override
    public String name() {
        return "ojalgo";
    }

    @Override
    public Matrix matrix(int rows, int columns, float[] weights) {
        Shape.check(rows, columns, weights);
        float[] transposed = new float[weights.length]; // [columns][rows]
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                transposed[k * rows + row] = weights[row * columns + k];
            }
        }
        return new ColumnMajor(rows, columns, transposed);
    }

    @Override
    public void sigmoid(float[] z, int from, float[] y, int at, int count) {
        elementWise.sigmoid(z, from, y, at, count);
    }

    @Override
    public void tanh(float[] z, int from, float[] y, int at, int count) {
        elementWise.tanh(z, from, y, at, count);
    }

    @Override
    public void lstm(float[] z, float[] gates, float[] c, float[] h) {
        elementWise.lstm(z, gates, c, h);
    }

    private static final class ColumnMajor implements Matrix {

        private final R032Store weights;
        private final ThreadLocal<Product> product;

        @SuppressWarnings("ThreadLocalUsage") // one for each matrix on purpose: its arrays have the matrix's shape
        ColumnMajor(int rows, int columns, float[] transposed) {
            weights = R032Store.wrap(transposed, rows);
            product = ThreadLocal.withInitial(() -> new Product(rows, columns));
        }

        @Override
        public int rows() {
            return weights.getRowDim();
        }

        @Override
        public int columns() {
            return weights.getColDim();
        }

        @Override
        public void multiply(float[] x, float[] base, int offset, float[] y) {
            float[] sums = product.get().multiply(weights, x);
            for (int row = 0; row < sums.length; row++) {
                y[row] = base[offset + row] + sums[row];
            }
        }
    }

    /** The input and output stores of one thread for one matrix. Not thread-safe. */
    private static final class Product {

        private final R032Store input;
        private final R032Store output;

        Product(int rows, int columns) {
            input = R032Store.wrap(new float[columns], columns);
            output = R032Store.wrap(new float[rows], rows);
        }

        float[] multiply(R032Store weights, float[] x) {
            System.arraycopy(x, 0, input.data, 0, input.data.length);
            output.fillByMultiplying(weights, input);
            return output.data;
        }
    }
}
