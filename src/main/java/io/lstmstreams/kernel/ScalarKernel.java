package io.lstmstreams.kernel;

/**
 * A kernel of textbook loops, whose gate functions are computed in double precision and rounded to float. Every other
 * kernel is tested against it, so its code stays plain. It runs on every JVM.
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
    public void sigmoid(float[] z, int from, float[] y, int at, int count) {
        for (int k = 0; k < count; k++) {
            y[at + k] = sigmoid(z[from + k]);
        }
    }

    @Override
    public void tanh(float[] z, int from, float[] y, int at, int count) {
        for (int k = 0; k < count; k++) {
            y[at + k] = tanh(z[from + k]);
        }
    }

    @Override
    public void lstm(float[] z, float[] gates, float[] c, float[] h) {
        int units = c.length;
        sigmoid(z, 0, gates, 0, 2 * units);
        tanh(z, 2 * units, gates, 2 * units, units);
        sigmoid(z, 3 * units, gates, 3 * units, units);
        for (int unit = 0; unit < units; unit++) {
            float i = gates[unit];
            float f = gates[units + unit];
            float g = gates[2 * units + unit];
            float o = gates[3 * units + unit];
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
