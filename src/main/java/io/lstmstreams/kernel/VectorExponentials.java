package io.lstmstreams.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The denominator of a softmax, computed with the JDK's Vector API. {@code exp(x) = 2^n * exp(r)}, where n is the
 * integer nearest to {@code x / ln 2}. So |r| is at most ln 2 / 2, where the Taylor series up to r^7 / 7! is exact to
 * 4e-9.
 */
final class VectorExponentials {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static final int PAIR = 2 * LANES;

    /** The number of elements that are summed in single precision; the sums of blocks are added in double precision. */
    private static final int BLOCK = 16 * PAIR;

    /** A per-thread array for the elements that do not fill two vectors. */
    private static final ThreadLocal<float[]> REST = ThreadLocal.withInitial(() -> new float[PAIR]);

    /** A per-thread array for the lanes of a vector. */
    private static final ThreadLocal<float[]> SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

    /** The lower limit of x: below it exp is negligible beside the largest exponential, which is 1. */
    private static final FloatVector SMALLEST = broadcast(-87f);

    private static final FloatVector PER_LN2 = broadcast(1.44269504f);

    /**
     * The float whose addition rounds another float to the nearest integer, and leaves that integer in the lowest bits.
     */
    private static final FloatVector ROUND = broadcast(0x1.8p23f);

    /** -ln 2 in two parts: the first has so few bits that its product with n is exact (Cody and Waite 1980). */
    private static final FloatVector LN2_HIGH = broadcast(-0.693359375f);

    private static final FloatVector LN2_LOW = broadcast(2.12194440e-4f);
    private static final FloatVector ONE = broadcast(1f);
    private static final FloatVector C2 = broadcast(1f / 2);
    private static final FloatVector C3 = broadcast(1f / 6);
    private static final FloatVector C4 = broadcast(1f / 24);
    private static final FloatVector C5 = broadcast(1f / 120);
    private static final FloatVector C6 = broadcast(1f / 720);
    private static final FloatVector C7 = broadcast(1f / 5040);
    private static final int EXPONENT_BITS = 23;

    private VectorExponentials() {}

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** Computes {@link Kernel#sumOfExponentials}. */
    static double sum(float[] z, float max) {
        int whole = z.length - z.length % PAIR;
        double sum = 0;
        for (int from = 0; from < whole; from += BLOCK) {
            sum += sum(z, from, Math.min(whole, from + BLOCK), max);
        }
        if (whole < z.length) {
            float[] rest = REST.get(); // instead of a mask, which allocates on JDK 17
            Arrays.fill(rest, Float.NEGATIVE_INFINITY);
            System.arraycopy(z, whole, rest, 0, z.length - whole);
            sum += sum(rest, 0, PAIR, max);
        }
        return sum;
    }

    /**
     * Sums the exponentials of {@code from} (inclusive) to {@code to} (exclusive), two vectors at a time: while one
     * vector waits for its multiply-add, the other one's can begin. {@link VectorKernel} has the reason why this method
     * is so long.
     */
    private static float sum(float[] z, int from, int to, float max) {
        FloatVector shift = FloatVector.broadcast(SPECIES, max);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = sum1;
        for (int k = from; k < to; k += PAIR) {
            FloatVector x1 = FloatVector.fromArray(SPECIES, z, k).sub(shift).max(SMALLEST);
            FloatVector x2 =
                    FloatVector.fromArray(SPECIES, z, k + LANES).sub(shift).max(SMALLEST);
            FloatVector t1 = x1.fma(PER_LN2, ROUND);
            FloatVector t2 = x2.fma(PER_LN2, ROUND);
            FloatVector n1 = t1.sub(ROUND);
            FloatVector n2 = t2.sub(ROUND);
            FloatVector r1 = n1.fma(LN2_LOW, n1.fma(LN2_HIGH, x1));
            FloatVector r2 = n2.fma(LN2_LOW, n2.fma(LN2_HIGH, x2));
            FloatVector p1 = r1.fma(C7, C6).fma(r1, C5).fma(r1, C4).fma(r1, C3);
            FloatVector p2 = r2.fma(C7, C6).fma(r2, C5).fma(r2, C4).fma(r2, C3);
            FloatVector e1 = p1.fma(r1, C2).fma(r1, ONE).fma(r1, ONE);
            FloatVector e2 = p2.fma(r2, C2).fma(r2, ONE).fma(r2, ONE);
            // The lowest bits of t are n. Shifted to the exponent bits and added there, n multiplies by 2^n.
            IntVector exponent1 = t1.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_BITS);
            IntVector exponent2 = t2.reinterpretAsInts().lanewise(VectorOperators.LSHL, EXPONENT_BITS);
            sum1 = sum1.add(e1.reinterpretAsInts().add(exponent1).reinterpretAsFloats());
            sum2 = sum2.add(e2.reinterpretAsInts().add(exponent2).reinterpretAsFloats());
        }
        return sumOfLanes(sum1.add(sum2));
    }

    /**
     * Adds halves of the vector until one lane is left. {@code reduceLanes} does not specify its order: its result
     * changes in the last bit when the JIT compiler takes over from the interpreter.
     */
    private static float sumOfLanes(FloatVector vector) {
        float[] sums = SUMS.get();
        vector.intoArray(sums, 0);
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int k = 0; k < half; k++) {
                sums[k] += sums[k + half];
            }
        }
        return sums[0];
    }
}
