package io.lstmstreams.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The arithmetic in the JDK's Vector API, as wide as the processor prefers (128, 256 or 512 bits). The only class that
 * imports the incubating module {@code jdk.incubator.vector}, so it is loaded only where {@link Kernels} found that
 * module.
 *
 * <p>Thread-safe and free of allocation. What doesn't fill a vector is computed in a per-thread scratch array by the same
 * code, because masked stores are slow and allocate on JDK 17.
 *
 * <p>{@code sigmoid(x) = 0.5 + 0.5 * tanh(x / 2)}; {@link #tanh} is a rational function of our own fit. Against exact
 * values the absolute error of tanh stays below 1.5e-7, that of sigmoid below 1e-7; both stay inside their bounds, and a
 * NaN stays NaN in its own unit.
 */
final class VectorKernel implements Kernel {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** The coefficients of {@link #tanh} come from {@code src/main/python/fit_tanh.py}, which also names the method. */
    private static final float P1 = 0.029760743f;

    private static final float P2 = 0.00011397022f;
    private static final float Q1 = 0.11309404f;
    private static final float Q2 = 0.0012051795f;
    private static final float Q3 = 1.223006e-06f;

    /** From here on tanh rounds to 1. */
    private static final float LIMIT = 9.02f;

    private static final int SIGN_BIT = Integer.MIN_VALUE;

    /** How many floats one vector of this JVM holds; below 4 there is no vector hardware worth the name. */
    static int lanes() {
        return LANES;
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public Matrix matrix(int rows, int columns, float[] weights) {
        Shape.check(rows, columns, weights);
        return new Blocks(rows, columns, Blocks.pack(rows, columns, weights));
    }

    @Override
    public void lstm(float[] gates, float[] c, float[] h) {
        int units = c.length;
        int whole = units - units % LANES;
        for (int unit = 0; unit < whole; unit += LANES) {
            lstm(gates, units, c, h, unit);
        }
        if (whole < units) {
            lastUnits(gates, units, c, h, whole);
        }
    }

    private static void lastUnits(float[] gates, int units, float[] c, float[] h, int first) {
        Scratch scratch = Scratch.ofThisThread();
        int count = units - first;
        for (int gate = 0; gate < 4; gate++) {
            System.arraycopy(gates, gate * units + first, scratch.rows, gate * LANES, count);
        }
        System.arraycopy(c, first, scratch.c, 0, count);
        lstm(scratch.rows, LANES, scratch.c, scratch.h, 0);
        for (int gate = 0; gate < 4; gate++) {
            System.arraycopy(scratch.rows, gate * LANES, gates, gate * units + first, count);
        }
        System.arraycopy(scratch.c, 0, c, first, count);
        System.arraycopy(scratch.h, 0, h, first, count);
    }

    /** One vector of units. {@code units} is the distance between a unit's gates. */
    private static void lstm(float[] gates, int units, float[] c, float[] h, int unit) {
        FloatVector i = sigmoid(load(gates, unit));
        FloatVector f = sigmoid(load(gates, units + unit));
        FloatVector g = tanh(load(gates, 2 * units + unit));
        FloatVector o = sigmoid(load(gates, 3 * units + unit));
        i.intoArray(gates, unit);
        f.intoArray(gates, units + unit);
        g.intoArray(gates, 2 * units + unit);
        o.intoArray(gates, 3 * units + unit);
        FloatVector cell = f.fma(load(c, unit), i.mul(g));
        cell.intoArray(c, unit);
        o.mul(tanh(cell)).intoArray(h, unit);
    }

    private static FloatVector sigmoid(FloatVector x) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        return tanh(x.mul(half)).fma(half, half);
    }

    /**
     * With {@code u = tanh(|x| / 2) = p / 2q}, p and q polynomials, the double angle formula
     * {@code tanh |x| = 2u / (1 + u^2) = pq / (pq + (q - p/2)^2)}: one division, never above 1 because the denominator
     * is the numerator plus a square, and forgiving towards errors of p and q. The sign is put back at the end.
     */
    private static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs().min(LIMIT);
        FloatVector s = a.mul(a);
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        FloatVector p = s.fma(broadcast(P2), broadcast(P1)).fma(s, one).mul(a);
        FloatVector q =
                s.fma(broadcast(Q3), broadcast(Q2)).fma(s, broadcast(Q1)).fma(s, one);
        FloatVector d = p.fma(broadcast(-0.5f), q);
        FloatVector n = p.mul(q);
        IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
        return n.div(d.fma(d, n)).reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    private static FloatVector load(float[] values, int index) {
        return FloatVector.fromArray(SPECIES, values, index);
    }

    /** Room for what doesn't fill a vector or a block; what it held before never reaches a caller. */
    private static final class Scratch {

        private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

        /** The rows of a block, or [4 gates][lanes]. */
        final float[] rows = new float[Blocks.ROWS];

        final float[] c = new float[LANES];
        final float[] h = new float[LANES];

        static Scratch ofThisThread() {
            return SCRATCH.get();
        }
    }

    /**
     * A matrix in blocks of four vectors of rows, so that a product reads the weights once and in order.
     *
     * @param weights [block][k][{@link #ROWS}], the last block padded with zeros
     */
    private record Blocks(int rows, int columns, float[] weights) implements Matrix {

        /** Rows of a block: four vectors, because a sum must wait for the multiply-add before it. */
        static final int ROWS = 4 * LANES;

        static float[] pack(int rows, int columns, float[] weights) {
            int blocks = (rows + ROWS - 1) / ROWS;
            float[] packed = new float[Math.multiplyExact(blocks * ROWS, columns)];
            for (int row = 0; row < rows; row++) {
                int first = (row / ROWS * columns) * ROWS + row % ROWS;
                for (int k = 0; k < columns; k++) {
                    packed[first + k * ROWS] = weights[row * columns + k];
                }
            }
            return packed;
        }

        @Override
        public void multiply(float[] x, float[] base, int offset, float[] y) {
            int whole = rows - rows % ROWS;
            for (int row = 0; row < whole; row += ROWS) {
                multiply(row * columns, x, base, offset + row, y, row);
            }
            if (whole < rows) {
                float[] scratch = Scratch.ofThisThread().rows;
                System.arraycopy(base, offset + whole, scratch, 0, rows - whole);
                multiply(whole * columns, x, scratch, 0, scratch, 0);
                System.arraycopy(scratch, 0, y, whole, rows - whole);
            }
        }

        /** One block, whose weights begin at {@code w}. */
        private void multiply(int w, float[] x, float[] base, int offset, float[] y, int row) {
            FloatVector sum0 = load(base, offset);
            FloatVector sum1 = load(base, offset + LANES);
            FloatVector sum2 = load(base, offset + 2 * LANES);
            FloatVector sum3 = load(base, offset + 3 * LANES);
            for (int k = 0, at = w; k < columns; k++, at += ROWS) {
                FloatVector xk = broadcast(x[k]);
                sum0 = load(weights, at).fma(xk, sum0);
                sum1 = load(weights, at + LANES).fma(xk, sum1);
                sum2 = load(weights, at + 2 * LANES).fma(xk, sum2);
                sum3 = load(weights, at + 3 * LANES).fma(xk, sum3);
            }
            sum0.intoArray(y, row);
            sum1.intoArray(y, row + LANES);
            sum2.intoArray(y, row + 2 * LANES);
            sum3.intoArray(y, row + 3 * LANES);
        }
    }
}
