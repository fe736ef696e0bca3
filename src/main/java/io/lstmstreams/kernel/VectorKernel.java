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
 * code: masked loads and stores allocate on JDK 17.
 *
 * <p>On the shape of this code: the JDK's compiler stops inlining after so many nodes, and a vector that crosses a call
 * it didn't inline is allocated. One compiled method has room for about three tanh. So each piece of vector code has one
 * call site, constants are kept as vectors, and the block of a product is too long to be inlined anywhere.
 * {@code KernelContract} tests that nothing is allocated.
 *
 * <p>{@code sigmoid(x) = 0.5 + 0.5 * tanh(x / 2)}; {@link #tanh} is a rational function of our own fit. Against exact
 * values the absolute error of both stays below 1.5e-7; both stay inside their bounds, infinity gives the bound, and a NaN
 * stays NaN in its own unit.
 */
final class VectorKernel implements Kernel {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** The coefficients of {@link #tanh} come from {@code src/main/python/fit_tanh.py}, which also tells the method. */
    private static final FloatVector P1 = broadcast(0.029760743f);

    private static final FloatVector P2 = broadcast(0.00011397022f);
    private static final FloatVector Q1 = broadcast(0.11309404f);
    private static final FloatVector Q2 = broadcast(0.0012051795f);
    private static final FloatVector Q3 = broadcast(1.223006e-06f);

    /** From here on tanh rounds to 1. */
    private static final FloatVector LIMIT = broadcast(9.02f);

    private static final FloatVector ONE = broadcast(1);
    private static final FloatVector MINUS_HALF = broadcast(-0.5f);
    private static final IntVector SIGN_BIT = broadcast(-0.0f).reinterpretAsInts();

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
        Scratch rest = whole < units ? Scratch.take(gates, c, whole) : null;
        for (int first = 0; first < units; first += Math.max(whole, LANES)) {
            boolean last = first == whole;
            advance(
                    last ? rest.rows : gates,
                    last ? LANES : units,
                    last ? rest.c : c,
                    last ? rest.h : h,
                    last ? LANES : whole);
        }
        if (rest != null) {
            rest.give(gates, c, h, whole);
        }
    }

    /** The first {@code count} units; {@code units} is the distance between a unit's gates. */
    private static void advance(float[] gates, int units, float[] c, float[] h, int count) {
        for (int gate = 0; gate < 4; gate++) {
            squash(gates, gate * units, count, gate == 2 ? 1 : 0.5f);
        }
        for (int unit = 0; unit < count; unit += LANES) {
            FloatVector i = load(gates, unit);
            FloatVector f = load(gates, units + unit);
            FloatVector g = load(gates, 2 * units + unit);
            FloatVector o = load(gates, 3 * units + unit);
            FloatVector cell = f.fma(load(c, unit), i.mul(g));
            cell.intoArray(c, unit);
            o.mul(tanh(cell)).intoArray(h, unit);
        }
    }

    /** {@code z = 1 - scale + scale * tanh(scale * z)}: tanh for a scale of 1, sigmoid for a scale of 0.5. */
    private static void squash(float[] gates, int from, int count, float scale) {
        FloatVector scales = broadcast(scale);
        FloatVector shifts = broadcast(1 - scale);
        for (int k = from; k < from + count; k += LANES) {
            tanh(load(gates, k).mul(scales)).fma(scales, shifts).intoArray(gates, k);
        }
    }

    /**
     * With {@code u = tanh(|x| / 2) = p / 2q}, p and q polynomials, the double angle formula
     * {@code tanh |x| = 2u / (1 + u^2) = pq / (pq + (q - p/2)^2)}: one division, never above 1 because the denominator
     * is the numerator plus a square, and forgiving towards errors of p and q. The sign is put back at the end.
     */
    private static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs().min(LIMIT);
        FloatVector s = a.mul(a);
        FloatVector p = s.fma(P2, P1).fma(s, ONE).mul(a);
        FloatVector q = s.fma(Q3, Q2).fma(s, Q1).fma(s, ONE);
        FloatVector d = p.fma(MINUS_HALF, q);
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

        /** This thread's scratch with a copy of the units from {@code first} on. */
        static Scratch take(float[] gates, float[] c, int first) {
            Scratch scratch = ofThisThread();
            int count = c.length - first;
            for (int gate = 0; gate < 4; gate++) {
                System.arraycopy(gates, gate * c.length + first, scratch.rows, gate * LANES, count);
            }
            System.arraycopy(c, first, scratch.c, 0, count);
            return scratch;
        }

        /** Copies them back, advanced. */
        void give(float[] gates, float[] c, float[] h, int first) {
            int count = c.length - first;
            for (int gate = 0; gate < 4; gate++) {
                System.arraycopy(rows, gate * LANES, gates, gate * c.length + first, count);
            }
            System.arraycopy(this.c, 0, c, first, count);
            System.arraycopy(this.h, 0, h, first, count);
        }
    }

    /** A matrix in blocks of four vectors of rows, so that a product reads the weights once and in order. */
    private static final class Blocks implements Matrix {

        static final int ROWS = 4 * LANES;

        private final int rows;
        private final int columns;
        private final float[] weights; // [block][columns][ROWS], the last block padded with zeros

        Blocks(int rows, int columns, float[] weights) {
            this.rows = rows;
            this.columns = columns;
            this.weights = weights;
        }

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
        public int rows() {
            return rows;
        }

        @Override
        public int columns() {
            return columns;
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

        /**
         * One block, whose weights begin at {@code w}. Even and odd columns have sums of their own, because a sum must
         * wait for the multiply-add before it.
         */
        private void multiply(int w, float[] x, float[] base, int offset, float[] y, int row) {
            FloatVector even0 = load(base, offset);
            FloatVector even1 = load(base, offset + LANES);
            FloatVector even2 = load(base, offset + 2 * LANES);
            FloatVector even3 = load(base, offset + 3 * LANES);
            FloatVector odd0 = FloatVector.zero(SPECIES);
            FloatVector odd1 = odd0;
            FloatVector odd2 = odd0;
            FloatVector odd3 = odd0;
            int at = w;
            int k = 0;
            for (; k < columns - 1; k += 2, at += 2 * ROWS) {
                FloatVector xk = broadcast(x[k]);
                even0 = load(weights, at).fma(xk, even0);
                even1 = load(weights, at + LANES).fma(xk, even1);
                even2 = load(weights, at + 2 * LANES).fma(xk, even2);
                even3 = load(weights, at + 3 * LANES).fma(xk, even3);
                FloatVector next = broadcast(x[k + 1]);
                odd0 = load(weights, at + ROWS).fma(next, odd0);
                odd1 = load(weights, at + ROWS + LANES).fma(next, odd1);
                odd2 = load(weights, at + ROWS + 2 * LANES).fma(next, odd2);
                odd3 = load(weights, at + ROWS + 3 * LANES).fma(next, odd3);
            }
            if (k < columns) {
                FloatVector xk = broadcast(x[k]);
                even0 = load(weights, at).fma(xk, even0);
                even1 = load(weights, at + LANES).fma(xk, even1);
                even2 = load(weights, at + 2 * LANES).fma(xk, even2);
                even3 = load(weights, at + 3 * LANES).fma(xk, even3);
            }
            even0.add(odd0).intoArray(y, row);
            even1.add(odd1).intoArray(y, row + LANES);
            even2.add(odd2).intoArray(y, row + 2 * LANES);
            even3.add(odd3).intoArray(y, row + 3 * LANES);
        }
    }
}
