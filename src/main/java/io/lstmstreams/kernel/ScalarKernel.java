package io.lstmstreams.kernel;

/**
 * The arithmetic as it stands in the textbooks: plain loops, and gate functions in double precision rounded to float.
 * It is the oracle that every other kernel is tested against, so it is kept plain; it runs on every JVM.
 */
final class ScalarKernel implements Kernel {

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public Matrix matrix(int rows, int columns, float[] weights) {
        Shape.check(rows, columns, weights);
        return new RowMajor(rows, columns, weights.clone());
    }

    @Override
    public void lstm(float[] gates, float[] c, float[] h) {
        int units = c.length;
        for (int unit = 0; unit < units; unit++) {
            float i = sigmoid(gates[unit]);
            float f = sigmoid(gates[units + unit]);
            float g = tanh(gates[2 * units + unit]);
            float o = sigmoid(gates[3 * units + unit]);
            gates[unit] = i;
            gates[units + unit] = f;
            gates[2 * units + unit] = g;
            gates[3 * units + unit] = o;
            c[unit] = f * c[unit] + i * g;
            h[unit] = o * tanh(c[unit]);
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    private static float tanh(float x) {
        return (float) Math.tanh(x);
    }

    private static final class RowMajor implements Matrix {

        private final int rows;
        private final int columns;
        private final float[] weights; // [rows][columns]

        RowMajor(int rows, int columns, float[] weights) {
            this.rows = rows;
            this.columns = columns;
            this.weights = weights;
        }

        @Override
        public int rows() {
            return rows;
        }

        @Override
        public int columns() {
            return columns;
        }

        @Override
        public void multiply(float[] x, float[] base, int offset, float[] y) {
            for (int row = 0; row < rows; row++) {
                float sum = base[offset + row];
                for (int k = 0; k < columns; k++) {
                    sum += weights[row * columns + k] * x[k];
                }
                y[row] = sum;
            }
        }
    }
}
