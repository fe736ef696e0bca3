package io.lstmstreams.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A {@link StripMatrix} of float32 weights.
 *
 * <p>Accumulators are local variables, because vectors in an array would be objects in memory. {@link VectorKernel} has
 * the reason why methods with vectors are so long.
 */
final class VectorMatrix extends StripMatrix {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /**
     * The number of unused floats before the weights. An array's header has 16 bytes; with 12 floats more, the weights
     * of an array that begins a page, as large arrays do in G1, begin a cache line, and no vector crosses two lines.
     */
    private static final int PADDING = 12;

    private final float[] weights; // PADDING, then [strip][columns][STRIP_ROWS]

    VectorMatrix(int rows, int columns, float[] weights) {
        super(rows, columns);
        float[] strips = strips(rows, columns, weights);
        this.weights = new float[Math.addExact(PADDING, strips.length)];
        System.arraycopy(strips, 0, this.weights, PADDING, strips.length);
    }

    @Override
    void addTwoStrips(int weightsAt, int nextWeightsAt, float[] x, float[] y, int row, int nextRow) {
        // Four accumulators, two for each strip: a multiply-add waits for the one before it in the same accumulator.
        FloatVector sum0 = FloatVector.fromArray(SPECIES, y, row);
        FloatVector sum1 = FloatVector.fromArray(SPECIES, y, row + LANES);
        FloatVector sum2 = FloatVector.fromArray(SPECIES, y, nextRow);
        FloatVector sum3 = FloatVector.fromArray(SPECIES, y, nextRow + LANES);
        int at = PADDING + weightsAt;
        int nextAt = PADDING + nextWeightsAt;
        int columns = columns();
        int k = 0;
        // Four columns in each iteration save loop overhead. Each sum still adds the products one by one, in the order
        // of the columns.
        for (; k <= columns - 4; k += 4, at += 4 * STRIP_ROWS, nextAt += 4 * STRIP_ROWS) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            sum0 = FloatVector.fromArray(SPECIES, weights, at).fma(x0, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, at + LANES).fma(x0, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, nextAt).fma(x0, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, nextAt + LANES).fma(x0, sum3);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[k + 1]);
            sum0 = FloatVector.fromArray(SPECIES, weights, at + STRIP_ROWS).fma(x1, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, at + STRIP_ROWS + LANES)
                    .fma(x1, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, nextAt + STRIP_ROWS).fma(x1, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, nextAt + STRIP_ROWS + LANES)
                    .fma(x1, sum3);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[k + 2]);
            sum0 = FloatVector.fromArray(SPECIES, weights, at + 2 * STRIP_ROWS).fma(x2, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, at + 2 * STRIP_ROWS + LANES)
                    .fma(x2, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, nextAt + 2 * STRIP_ROWS)
                    .fma(x2, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, nextAt + 2 * STRIP_ROWS + LANES)
                    .fma(x2, sum3);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[k + 3]);
            sum0 = FloatVector.fromArray(SPECIES, weights, at + 3 * STRIP_ROWS).fma(x3, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, at + 3 * STRIP_ROWS + LANES)
                    .fma(x3, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, nextAt + 3 * STRIP_ROWS)
                    .fma(x3, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, nextAt + 3 * STRIP_ROWS + LANES)
                    .fma(x3, sum3);
        }
        for (; k < columns; k++, at += STRIP_ROWS, nextAt += STRIP_ROWS) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            sum0 = FloatVector.fromArray(SPECIES, weights, at).fma(x0, sum0);
            sum1 = FloatVector.fromArray(SPECIES, weights, at + LANES).fma(x0, sum1);
            sum2 = FloatVector.fromArray(SPECIES, weights, nextAt).fma(x0, sum2);
            sum3 = FloatVector.fromArray(SPECIES, weights, nextAt + LANES).fma(x0, sum3);
        }
        sum0.intoArray(y, row);
        sum1.intoArray(y, row + LANES);
        sum2.intoArray(y, nextRow);
        sum3.intoArray(y, nextRow + LANES);
    }

    @Override
    void addStripForEight(
            int weightsAt, int from, int to, float[][] x, int xFirst, float[][] y, int yFirst, int row, int last) {
        // The last vector takes the place of missing vectors, so that there is one loop for all counts.
        int n1 = Math.min(1, last);
        int n2 = Math.min(2, last);
        int n3 = Math.min(3, last);
        int n4 = Math.min(4, last);
        int n5 = Math.min(5, last);
        int n6 = Math.min(6, last);
        int n7 = Math.min(7, last);
        float[] x0 = x[xFirst];
        float[] x1 = x[xFirst + n1];
        float[] x2 = x[xFirst + n2];
        float[] x3 = x[xFirst + n3];
        float[] x4 = x[xFirst + n4];
        float[] x5 = x[xFirst + n5];
        float[] x6 = x[xFirst + n6];
        float[] x7 = x[xFirst + n7];
        // Two accumulators for each vector, the sums of one strip: a of its first LANES rows, b of its other rows.
        FloatVector a0 = FloatVector.fromArray(SPECIES, y[yFirst], row);
        FloatVector b0 = FloatVector.fromArray(SPECIES, y[yFirst], row + LANES);
        FloatVector a1 = FloatVector.fromArray(SPECIES, y[yFirst + n1], row);
        FloatVector b1 = FloatVector.fromArray(SPECIES, y[yFirst + n1], row + LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, y[yFirst + n2], row);
        FloatVector b2 = FloatVector.fromArray(SPECIES, y[yFirst + n2], row + LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, y[yFirst + n3], row);
        FloatVector b3 = FloatVector.fromArray(SPECIES, y[yFirst + n3], row + LANES);
        FloatVector a4 = FloatVector.fromArray(SPECIES, y[yFirst + n4], row);
        FloatVector b4 = FloatVector.fromArray(SPECIES, y[yFirst + n4], row + LANES);
        FloatVector a5 = FloatVector.fromArray(SPECIES, y[yFirst + n5], row);
        FloatVector b5 = FloatVector.fromArray(SPECIES, y[yFirst + n5], row + LANES);
        FloatVector a6 = FloatVector.fromArray(SPECIES, y[yFirst + n6], row);
        FloatVector b6 = FloatVector.fromArray(SPECIES, y[yFirst + n6], row + LANES);
        FloatVector a7 = FloatVector.fromArray(SPECIES, y[yFirst + n7], row);
        FloatVector b7 = FloatVector.fromArray(SPECIES, y[yFirst + n7], row + LANES);
        int at = PADDING + weightsAt;
        for (int k = from; k < to; k++, at += STRIP_ROWS) {
            FloatVector a = FloatVector.fromArray(SPECIES, weights, at);
            FloatVector b = FloatVector.fromArray(SPECIES, weights, at + LANES);
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
        a0.intoArray(y[yFirst], row);
        b0.intoArray(y[yFirst], row + LANES);
        a1.intoArray(y[yFirst + n1], row);
        b1.intoArray(y[yFirst + n1], row + LANES);
        a2.intoArray(y[yFirst + n2], row);
        b2.intoArray(y[yFirst + n2], row + LANES);
        a3.intoArray(y[yFirst + n3], row);
        b3.intoArray(y[yFirst + n3], row + LANES);
        a4.intoArray(y[yFirst + n4], row);
        b4.intoArray(y[yFirst + n4], row + LANES);
        a5.intoArray(y[yFirst + n5], row);
        b5.intoArray(y[yFirst + n5], row + LANES);
        a6.intoArray(y[yFirst + n6], row);
        b6.intoArray(y[yFirst + n6], row + LANES);
        a7.intoArray(y[yFirst + n7], row);
        b7.intoArray(y[yFirst + n7], row + LANES);
    }

    @Override
    void addStripForFour(
            int weightsAt, int from, int to, float[][] x, int xFirst, float[][] y, int yFirst, int row, int last) {
        // The last vector takes the place of missing vectors, so that there is one loop for all counts.
        int n1 = Math.min(1, last);
        int n2 = Math.min(2, last);
        int n3 = Math.min(3, last);
        float[] x0 = x[xFirst];
        float[] x1 = x[xFirst + n1];
        float[] x2 = x[xFirst + n2];
        float[] x3 = x[xFirst + n3];
        // Two accumulators for each vector, the sums of one strip: a of its first LANES rows, b of its other rows.
        FloatVector a0 = FloatVector.fromArray(SPECIES, y[yFirst], row);
        FloatVector b0 = FloatVector.fromArray(SPECIES, y[yFirst], row + LANES);
        FloatVector a1 = FloatVector.fromArray(SPECIES, y[yFirst + n1], row);
        FloatVector b1 = FloatVector.fromArray(SPECIES, y[yFirst + n1], row + LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, y[yFirst + n2], row);
        FloatVector b2 = FloatVector.fromArray(SPECIES, y[yFirst + n2], row + LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, y[yFirst + n3], row);
        FloatVector b3 = FloatVector.fromArray(SPECIES, y[yFirst + n3], row + LANES);
        int at = PADDING + weightsAt;
        for (int k = from; k < to; k++, at += STRIP_ROWS) {
            FloatVector a = FloatVector.fromArray(SPECIES, weights, at);
            FloatVector b = FloatVector.fromArray(SPECIES, weights, at + LANES);
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
        a0.intoArray(y[yFirst], row);
        b0.intoArray(y[yFirst], row + LANES);
        a1.intoArray(y[yFirst + n1], row);
        b1.intoArray(y[yFirst + n1], row + LANES);
        a2.intoArray(y[yFirst + n2], row);
        b2.intoArray(y[yFirst + n2], row + LANES);
        a3.intoArray(y[yFirst + n3], row);
        b3.intoArray(y[yFirst + n3], row + LANES);
    }
}
