package io.lstmstreams.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix in strips of two vectors of rows. A row's sum begins with its base and goes along the columns, one multiply-add
 * after the other, in a single product as in one with several vectors: so their results are the same to the last bit.
 *
 * <p>A sum must wait for the multiply-add before it, so several run side by side. A single product takes two strips at a
 * time and reads the weights once, which is what it waits for. A product with several vectors takes a strip for eight of
 * them at a time, so that eight multiply-adds share a weight. Where strips or vectors are fewer, the last one stands in
 * for those that are missing: it is computed twice, and written twice with the same result.
 *
 * <p>Thread-safe and free of allocation. As in {@link VectorKernel}, methods with vectors are too long to be inlined.
 */
final class VectorMatrix implements Matrix {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ROWS = 2 * LANES;

    /** Vectors at a time. Twice as many sums as this must fit the registers, of which 256-bit machines have but 16. */
    private static final int ABREAST = LANES == 8 ? 4 : 8;

    private final int rows;
    private final int columns;
    private final float[] weights; // [strip][columns][ROWS], the last strip padded with zeros

    VectorMatrix(int rows, int columns, float[] weights) {
        this.rows = rows;
        this.columns = columns;
        this.weights = pack(rows, columns, weights);
    }

    private static float[] pack(int rows, int columns, float[] weights) {
        int strips = (rows + ROWS - 1) / ROWS;
        float[] packed = new float[Math.multiplyExact(strips * ROWS, columns)];
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
        for (int row = 0; row < whole; row += 2 * ROWS) {
            int next = Math.min(row + ROWS, whole - ROWS);
            twoStrips(row * columns, next * columns, x, base, offset + row, offset + next, y, row, next);
        }
        if (whole < rows) {
            float[] rest = Scratch.ofThisThread().rests[0];
            System.arraycopy(base, offset + whole, rest, 0, rows - whole);
            twoStrips(whole * columns, whole * columns, x, rest, 0, 0, rest, 0, 0);
            System.arraycopy(rest, 0, y, whole, rows - whole);
        }
    }

    @Override
    public void multiply(int count, float[][] x, float[][] bases, int[] offsets, float[][] y) {
        int whole = rows - rows % ROWS;
        for (int row = 0; row < whole; row += ROWS) {
            for (int i = 0; i < count; i += ABREAST) {
                strip(row, Math.min(count - i, ABREAST), x, i, bases, offsets, y, i, row);
            }
        }
        for (int i = 0; i < count && whole < rows; i += ABREAST) {
            int vectors = Math.min(count - i, ABREAST);
            Scratch scratch = Scratch.ofThisThread();
            for (int j = 0; j < vectors; j++) {
                System.arraycopy(bases[i + j], offsets[i + j] + whole, scratch.rests[j], 0, rows - whole);
            }
            strip(whole, vectors, x, i, scratch.rests, Scratch.NO_OFFSETS, scratch.rests, 0, 0);
            for (int j = 0; j < vectors; j++) {
                System.arraycopy(scratch.rests[j], 0, y[i + j], whole, rows - whole);
            }
        }
    }

    /**
     * The strip that begins at {@code first} row, with up to {@link #ABREAST} vectors.
     *
     * @param i the first vector in {@code x}
     * @param j the same vector's place in {@code bases}, {@code offsets} and {@code y}
     * @param row where the rows begin behind the offset of a base, and in y
     */
    private void strip(
            int first, int count, float[][] x, int i, float[][] bases, int[] offsets, float[][] y, int j, int row) {
        int w = first * columns;
        if (count == 1) {
            twoStrips(w, w, x[i], bases[j], offsets[j] + row, offsets[j] + row, y[j], row, row);
        } else if (count <= 4) {
            four(w, count - 1, x, i, bases, offsets, y, j, row);
        } else {
            eight(w, count - 1, x, i, bases, offsets, y, j, row);
        }
    }

    /** One vector and two strips, whose weights begin at {@code w} and {@code v}; with both the same it is one strip. */
    private void twoStrips(
            int w, int v, float[] x, float[] base, int offset, int nextOffset, float[] y, int row, int nextRow) {
        FloatVector sum0 = FloatVector.fromArray(SPECIES, base, offset);
        FloatVector sum1 = FloatVector.fromArray(SPECIES, base, offset + LANES);
        FloatVector sum2 = FloatVector.fromArray(SPECIES, base, nextOffset);
        FloatVector sum3 = FloatVector.fromArray(SPECIES, base, nextOffset + LANES);
        int k = 0;
        for (; k <= columns - 8; k += 8, w += 8 * ROWS, v += 8 * ROWS) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w).fma(x0, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + LANES).fma(x0, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v).fma(x0, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + LANES).fma(x0, sum3);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[k + 1]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + ROWS).fma(x1, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + ROWS + LANES).fma(x1, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + ROWS).fma(x1, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + ROWS + LANES).fma(x1, sum3);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[k + 2]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + 2 * ROWS).fma(x2, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + 2 * ROWS + LANES).fma(x2, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + 2 * ROWS).fma(x2, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + 2 * ROWS + LANES).fma(x2, sum3);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[k + 3]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + 3 * ROWS).fma(x3, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + 3 * ROWS + LANES).fma(x3, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + 3 * ROWS).fma(x3, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + 3 * ROWS + LANES).fma(x3, sum3);
            FloatVector x4 = FloatVector.broadcast(SPECIES, x[k + 4]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + 4 * ROWS).fma(x4, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + 4 * ROWS + LANES).fma(x4, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + 4 * ROWS).fma(x4, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + 4 * ROWS + LANES).fma(x4, sum3);
            FloatVector x5 = FloatVector.broadcast(SPECIES, x[k + 5]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + 5 * ROWS).fma(x5, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + 5 * ROWS + LANES).fma(x5, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + 5 * ROWS).fma(x5, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + 5 * ROWS + LANES).fma(x5, sum3);
            FloatVector x6 = FloatVector.broadcast(SPECIES, x[k + 6]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + 6 * ROWS).fma(x6, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + 6 * ROWS + LANES).fma(x6, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + 6 * ROWS).fma(x6, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + 6 * ROWS + LANES).fma(x6, sum3);
            FloatVector x7 = FloatVector.broadcast(SPECIES, x[k + 7]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w + 7 * ROWS).fma(x7, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + 7 * ROWS + LANES).fma(x7, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v + 7 * ROWS).fma(x7, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + 7 * ROWS + LANES).fma(x7, sum3);
        }
        for (; k < columns; k++, w += ROWS, v += ROWS) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            sum0 = FloatVector.fromArray(SPECIES, weights, w).fma(x0, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, w + LANES).fma(x0, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, v).fma(x0, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, v + LANES).fma(x0, sum3);
        }
        sum0.intoArray(y, row);
        sum1.intoArray(y, row + LANES);
        sum2.intoArray(y, nextRow);
        sum3.intoArray(y, nextRow + LANES);
    }

    /** Up to eight vectors and the strip whose weights begin at {@code w}; as {@link #strip}. */
    private void eight(
            int w, int last, float[][] x, int i, float[][] bases, int[] offsets, float[][] y, int j, int row) {
        int n1 = Math.min(1, last);
        int n2 = Math.min(2, last);
        int n3 = Math.min(3, last);
        int n4 = Math.min(4, last);
        int n5 = Math.min(5, last);
        int n6 = Math.min(6, last);
        int n7 = Math.min(7, last);
        float[] x0 = x[i];
        float[] x1 = x[i + n1];
        float[] x2 = x[i + n2];
        float[] x3 = x[i + n3];
        float[] x4 = x[i + n4];
        float[] x5 = x[i + n5];
        float[] x6 = x[i + n6];
        float[] x7 = x[i + n7];
        FloatVector a0 = FloatVector.fromArray(SPECIES, bases[j], offsets[j] + row);
        FloatVector b0 = FloatVector.fromArray(SPECIES, bases[j], offsets[j] + row + LANES);
        FloatVector a1 = FloatVector.fromArray(SPECIES, bases[j + n1], offsets[j + n1] + row);
        FloatVector b1 = FloatVector.fromArray(SPECIES, bases[j + n1], offsets[j + n1] + row + LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, bases[j + n2], offsets[j + n2] + row);
        FloatVector b2 = FloatVector.fromArray(SPECIES, bases[j + n2], offsets[j + n2] + row + LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, bases[j + n3], offsets[j + n3] + row);
        FloatVector b3 = FloatVector.fromArray(SPECIES, bases[j + n3], offsets[j + n3] + row + LANES);
        FloatVector a4 = FloatVector.fromArray(SPECIES, bases[j + n4], offsets[j + n4] + row);
        FloatVector b4 = FloatVector.fromArray(SPECIES, bases[j + n4], offsets[j + n4] + row + LANES);
        FloatVector a5 = FloatVector.fromArray(SPECIES, bases[j + n5], offsets[j + n5] + row);
        FloatVector b5 = FloatVector.fromArray(SPECIES, bases[j + n5], offsets[j + n5] + row + LANES);
        FloatVector a6 = FloatVector.fromArray(SPECIES, bases[j + n6], offsets[j + n6] + row);
        FloatVector b6 = FloatVector.fromArray(SPECIES, bases[j + n6], offsets[j + n6] + row + LANES);
        FloatVector a7 = FloatVector.fromArray(SPECIES, bases[j + n7], offsets[j + n7] + row);
        FloatVector b7 = FloatVector.fromArray(SPECIES, bases[j + n7], offsets[j + n7] + row + LANES);
        for (int k = 0; k < columns; k++, w += ROWS) {
            FloatVector a = FloatVector.fromArray(SPECIES, weights, w);
            FloatVector b = FloatVector.fromArray(SPECIES, weights, w + LANES);
            FloatVector k0 = FloatVector.broadcast(SPECIES, x0[k]);
            a0 = a.fma(k0, a0);
            b0 = b.fma(k0, b0);
            FloatVector k1 = FloatVector.broadcast(SPECIES, x1[k]);
            a1 = a.fma(k1, a1);
            b1 = b.fma(k1, b1);
            FloatVector k2 = FloatVector.broadcast(SPECIES, x2[k]);
            a2 = a.fma(k2, a2);
            b2 = b.fma(k2, b2);
            FloatVector k3 = FloatVector.broadcast(SPECIES, x3[k]);
            a3 = a.fma(k3, a3);
            b3 = b.fma(k3, b3);
            FloatVector k4 = FloatVector.broadcast(SPECIES, x4[k]);
            a4 = a.fma(k4, a4);
            b4 = b.fma(k4, b4);
            FloatVector k5 = FloatVector.broadcast(SPECIES, x5[k]);
            a5 = a.fma(k5, a5);
            b5 = b.fma(k5, b5);
            FloatVector k6 = FloatVector.broadcast(SPECIES, x6[k]);
            a6 = a.fma(k6, a6);
            b6 = b.fma(k6, b6);
            FloatVector k7 = FloatVector.broadcast(SPECIES, x7[k]);
            a7 = a.fma(k7, a7);
            b7 = b.fma(k7, b7);
        }
        a0.intoArray(y[j], row);
        b0.intoArray(y[j], row + LANES);
        a1.intoArray(y[j + n1], row);
        b1.intoArray(y[j + n1], row + LANES);
        a2.intoArray(y[j + n2], row);
        b2.intoArray(y[j + n2], row + LANES);
        a3.intoArray(y[j + n3], row);
        b3.intoArray(y[j + n3], row + LANES);
        a4.intoArray(y[j + n4], row);
        b4.intoArray(y[j + n4], row + LANES);
        a5.intoArray(y[j + n5], row);
        b5.intoArray(y[j + n5], row + LANES);
        a6.intoArray(y[j + n6], row);
        b6.intoArray(y[j + n6], row + LANES);
        a7.intoArray(y[j + n7], row);
        b7.intoArray(y[j + n7], row + LANES);
    }

    /** Up to four vectors and the strip whose weights begin at {@code w}; as {@link #strip}. */
    private void four(
            int w, int last, float[][] x, int i, float[][] bases, int[] offsets, float[][] y, int j, int row) {
        int n1 = Math.min(1, last);
        int n2 = Math.min(2, last);
        int n3 = Math.min(3, last);
        float[] x0 = x[i];
        float[] x1 = x[i + n1];
        float[] x2 = x[i + n2];
        float[] x3 = x[i + n3];
        FloatVector a0 = FloatVector.fromArray(SPECIES, bases[j], offsets[j] + row);
        FloatVector b0 = FloatVector.fromArray(SPECIES, bases[j], offsets[j] + row + LANES);
        FloatVector a1 = FloatVector.fromArray(SPECIES, bases[j + n1], offsets[j + n1] + row);
        FloatVector b1 = FloatVector.fromArray(SPECIES, bases[j + n1], offsets[j + n1] + row + LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, bases[j + n2], offsets[j + n2] + row);
        FloatVector b2 = FloatVector.fromArray(SPECIES, bases[j + n2], offsets[j + n2] + row + LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, bases[j + n3], offsets[j + n3] + row);
        FloatVector b3 = FloatVector.fromArray(SPECIES, bases[j + n3], offsets[j + n3] + row + LANES);
        for (int k = 0; k < columns; k++, w += ROWS) {
            FloatVector a = FloatVector.fromArray(SPECIES, weights, w);
            FloatVector b = FloatVector.fromArray(SPECIES, weights, w + LANES);
            FloatVector k0 = FloatVector.broadcast(SPECIES, x0[k]);
            a0 = a.fma(k0, a0);
            b0 = b.fma(k0, b0);
            FloatVector k1 = FloatVector.broadcast(SPECIES, x1[k]);
            a1 = a.fma(k1, a1);
            b1 = b.fma(k1, b1);
            FloatVector k2 = FloatVector.broadcast(SPECIES, x2[k]);
            a2 = a.fma(k2, a2);
            b2 = b.fma(k2, b2);
            FloatVector k3 = FloatVector.broadcast(SPECIES, x3[k]);
            a3 = a.fma(k3, a3);
            b3 = b.fma(k3, b3);
        }
        a0.intoArray(y[j], row);
        b0.intoArray(y[j], row + LANES);
        a1.intoArray(y[j + n1], row);
        b1.intoArray(y[j + n1], row + LANES);
        a2.intoArray(y[j + n2], row);
        b2.intoArray(y[j + n2], row + LANES);
        a3.intoArray(y[j + n3], row);
        b3.intoArray(y[j + n3], row + LANES);
    }

    /** One thread's rows of a last strip that is not full: bases, then products. */
    private static final class Scratch {

        static final int[] NO_OFFSETS = new int[ABREAST];

        private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

        final float[][] rests = new float[ABREAST][ROWS];

        static Scratch ofThisThread() {
            return SCRATCH.get();
        }
    }
}
