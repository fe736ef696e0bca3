package io.lstmstreams.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A {@link StripMatrix} of bfloat16 weights. A bfloat16 is the upper half of a float32, rounded to the nearest value,
 * ties to even, so it has 8 bits of significand. Sums stay float32. A product reads half as many bytes, which pays for
 * networks that are too large for the processor's caches.
 *
 * <p>Accumulators are local variables, because vectors in an array would be objects in memory. {@link VectorKernel} has
 * the reason why methods with vectors are so long.
 */
final class Bfloat16Matrix extends StripMatrix {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private static final IntVector UPPER = IntVector.broadcast(INTS, 0xFFFF0000);

    /**
     * The weights, two in an int, {@code [strip][columns][LANES]}. The lower half of an int belongs to row r of the
     * strip, the upper half to row r + LANES. A shift yields the float in the lower half, a mask the one in the upper
     * half.
     */
    private final int[] weights;

    Bfloat16Matrix(int rows, int columns, float[] weights) {
        super(rows, columns);
        float[] strips = strips(rows, columns, weights);
        this.weights = new int[strips.length / 2];
        for (int at = 0; at < this.weights.length; at++) {
            int first = at / LANES * STRIP_ROWS + at % LANES;
            this.weights[at] = bfloat16(strips[first]) >>> 16 | bfloat16(strips[first + LANES]);
        }
    }

    /** Returns the bits of the nearest bfloat16 in the upper half of an int. */
    static int bfloat16(float weight) {
        int bits = Float.floatToIntBits(weight);
        if (Float.isNaN(weight)) {
            return bits & 0xFFFF0000; // not rounded: the bits of Java's NaN are in the upper half
        }
        return bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000;
    }

    @Override
    void addTwoStrips(int weightsAt, int nextWeightsAt, float[] x, float[] y, int row, int nextRow) {
        // Four accumulators, two for each strip: a multiply-add waits for the one before it in the same accumulator.
        FloatVector sum0 = FloatVector.fromArray(SPECIES, y, row);
        FloatVector sum1 = FloatVector.fromArray(SPECIES, y, row + LANES);
        FloatVector sum2 = FloatVector.fromArray(SPECIES, y, nextRow);
        FloatVector sum3 = FloatVector.fromArray(SPECIES, y, nextRow + LANES);
        int at = weightsAt / 2; // two weights in an int
        int nextAt = nextWeightsAt / 2;
        int columns = columns();
        int k = 0;
        // Four columns in each iteration save loop overhead. Each sum still adds the products one by one, in the order
        // of the columns.
        for (; k <= columns - 4; k += 4, at += 4 * LANES, nextAt += 4 * LANES) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            IntVector w0 = IntVector.fromArray(INTS, weights, at);
            sum0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, sum0);
            sum1 = w0.and(UPPER).reinterpretAsFloats().fma(x0, sum1);
            IntVector w1 = IntVector.fromArray(INTS, weights, nextAt);
            sum2 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, sum2);
            sum3 = w1.and(UPPER).reinterpretAsFloats().fma(x0, sum3);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[k + 1]);
            IntVector w2 = IntVector.fromArray(INTS, weights, at + LANES);
            sum0 = w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x1, sum0);
            sum1 = w2.and(UPPER).reinterpretAsFloats().fma(x1, sum1);
            IntVector w3 = IntVector.fromArray(INTS, weights, nextAt + LANES);
            sum2 = w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x1, sum2);
            sum3 = w3.and(UPPER).reinterpretAsFloats().fma(x1, sum3);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[k + 2]);
            IntVector w4 = IntVector.fromArray(INTS, weights, at + 2 * LANES);
            sum0 = w4.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x2, sum0);
            sum1 = w4.and(UPPER).reinterpretAsFloats().fma(x2, sum1);
            IntVector w5 = IntVector.fromArray(INTS, weights, nextAt + 2 * LANES);
            sum2 = w5.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x2, sum2);
            sum3 = w5.and(UPPER).reinterpretAsFloats().fma(x2, sum3);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[k + 3]);
            IntVector w6 = IntVector.fromArray(INTS, weights, at + 3 * LANES);
            sum0 = w6.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x3, sum0);
            sum1 = w6.and(UPPER).reinterpretAsFloats().fma(x3, sum1);
            IntVector w7 = IntVector.fromArray(INTS, weights, nextAt + 3 * LANES);
            sum2 = w7.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x3, sum2);
            sum3 = w7.and(UPPER).reinterpretAsFloats().fma(x3, sum3);
        }
        for (; k < columns; k++, at += LANES, nextAt += LANES) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            IntVector w0 = IntVector.fromArray(INTS, weights, at);
            sum0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, sum0);
            sum1 = w0.and(UPPER).reinterpretAsFloats().fma(x0, sum1);
            IntVector w1 = IntVector.fromArray(INTS, weights, nextAt);
            sum2 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, sum2);
            sum3 = w1.and(UPPER).reinterpretAsFloats().fma(x0, sum3);
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
        int at = weightsAt / 2; // two weights in an int
        for (int k = from; k < to; k++, at += LANES) {
            IntVector ab = IntVector.fromArray(INTS, weights, at);
            FloatVector a = ab.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector b = ab.and(UPPER).reinterpretAsFloats();
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
        int at = weightsAt / 2; // two weights in an int
        for (int k = from; k < to; k++, at += LANES) {
            IntVector ab = IntVector.fromArray(INTS, weights, at);
            FloatVector a = ab.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector b = ab.and(UPPER).reinterpretAsFloats();
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
