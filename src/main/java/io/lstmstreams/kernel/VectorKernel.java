package io.lstmstreams.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A kernel in the JDK's Vector API, with the vector width that the processor prefers (128, 256 or 512 bits). Only this
 * class, its matrices and {@link VectorExponentials} import the incubating module {@code jdk.incubator.vector}, so they
 * are loaded only where {@link Kernels} found that module.
 *
 * <p>Thread-safe and free of allocation. Elements that do not fill a vector are computed by the same code in a
 * per-thread array, or in a vector that overlaps the one before it. Masks are not used: masked loads and stores
 * allocate on JDK 17.
 *
 * <p>The shape of this code follows from the JDK's compiler. The compiler stops inlining when a method has grown too
 * large, and it allocates each vector that crosses a call that it did not inline. So vectors cross only calls of JDK
 * methods that are always inlined. The methods that use vectors have more than 325 bytes of bytecode, so that the
 * compiler never inlines them into a caller. {@code KernelContract} tests that nothing is allocated.
 *
 * <p>{@code sigmoid(x) = 0.5 + 0.5 * tanh(x / 2)}; tanh is the rational function of {@link TanhFit}. The absolute error
 * of both stays below 1.5e-7. Both functions stay within their bounds; infinity yields the bound, and NaN yields NaN in
 * its own unit only.
 */
final class VectorKernel implements Kernel {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static final FloatVector P1 = broadcast(TanhFit.P1);
    private static final FloatVector P2 = broadcast(TanhFit.P2);
    private static final FloatVector Q1 = broadcast(TanhFit.Q1);
    private static final FloatVector Q2 = broadcast(TanhFit.Q2);
    private static final FloatVector Q3 = broadcast(TanhFit.Q3);
    private static final FloatVector LIMIT = broadcast(TanhFit.LIMIT);
    private static final FloatVector ONE = broadcast(1);
    private static final FloatVector MINUS_HALF = broadcast(-0.5f);
    private static final IntVector SIGN_BIT = broadcast(-0.0f).reinterpretAsInts();

    private final boolean bfloat16;

    /** @param bfloat16 true for matrices of bfloat16 weights, false for float32 */
    VectorKernel(boolean bfloat16) {
        this.bfloat16 = bfloat16;
    }

    /**
     * Returns the number of floats in a vector of this JVM; below 4, the JVM has no vector instructions for the
     * processor.
     */
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
        return bfloat16 ? new Bfloat16Matrix(rows, columns, weights) : new VectorMatrix(rows, columns, weights);
    }

    @Override
    public void sigmoid(float[] z, int from, float[] y, int at, int count) {
        squash(z, from, y, at, count, 0.5f);
    }

    @Override
    public void tanh(float[] z, int from, float[] y, int at, int count) {
        squash(z, from, y, at, count, 1);
    }

    @Override
    public double sumOfExponentials(float[] z, float max) {
        return VectorExponentials.sum(z, max);
    }

    @Override
    public void lstm(float[] z, float[] gates, float[] c, float[] h) {
        int units = c.length;
        squash(z, 0, gates, 0, 2 * units, 0.5f);
        squash(z, 2 * units, gates, 2 * units, units, 1);
        squash(z, 3 * units, gates, 3 * units, units, 0.5f);
        int unit = 0;
        for (; unit <= units - LANES; unit += LANES) {
            FloatVector i = FloatVector.fromArray(SPECIES, gates, unit);
            FloatVector f = FloatVector.fromArray(SPECIES, gates, units + unit);
            FloatVector g = FloatVector.fromArray(SPECIES, gates, 2 * units + unit);
            f.fma(FloatVector.fromArray(SPECIES, c, unit), i.mul(g)).intoArray(c, unit);
        }
        // c is advanced in place, so a last vector must not overlap. Math.fma rounds as the vectors do.
        for (; unit < units; unit++) {
            c[unit] = Math.fma(gates[units + unit], c[unit], gates[unit] * gates[2 * units + unit]);
        }
        squash(c, 0, h, 0, units, 1);
        // Two vectors in each iteration also take this method above 325 bytes of bytecode.
        for (unit = 0; unit <= units - 2 * LANES; unit += 2 * LANES) {
            FloatVector o1 = FloatVector.fromArray(SPECIES, gates, 3 * units + unit);
            FloatVector o2 = FloatVector.fromArray(SPECIES, gates, 3 * units + unit + LANES);
            o1.mul(FloatVector.fromArray(SPECIES, h, unit)).intoArray(h, unit);
            o2.mul(FloatVector.fromArray(SPECIES, h, unit + LANES)).intoArray(h, unit + LANES);
        }
        for (; unit < units; unit++) {
            h[unit] *= gates[3 * units + unit];
        }
    }

    private static void squash(float[] z, int from, float[] y, int at, int count, float scale) {
        if (count >= LANES) {
            squashVectors(z, from, y, at, count, scale);
        } else {
            Scratch scratch = Scratch.ofThisThread();
            System.arraycopy(z, from, scratch.values, 0, count);
            squashVectors(scratch.values, 0, scratch.squashed, 0, LANES, scale);
            System.arraycopy(scratch.squashed, 0, y, at, count);
        }
    }

    /**
     * Computes {@code y = 1 - scale + scale * tanh(scale * z)}: tanh for a scale of 1, sigmoid for a scale of 0.5.
     * Takes two vectors at a time: while one waits for its multiply-add, the other one's can begin. Where {@code count}
     * is not a multiple of two vectors, the last vectors overlap those before them. This is correct because y is not z:
     * the elements in common are computed twice from the same input.
     *
     * <p>With {@code u = tanh(|x| / 2) = p / 2q}, p and q polynomials, the double-angle formula is
     * {@code tanh |x| = 2u / (1 + u^2) = pq / (pq + (q - p/2)^2)}. It needs one division, dampens errors of p and q,
     * and never exceeds 1, because the denominator is the numerator plus a square. The sign is put back at the end.
     *
     * @param count the number of values, at least one vector
     */
    private static void squashVectors(float[] z, int from, float[] y, int at, int count, float scale) {
        FloatVector scales = FloatVector.broadcast(SPECIES, scale);
        FloatVector shifts = FloatVector.broadcast(SPECIES, 1 - scale);
        int last = count - LANES;
        for (int k = 0; k < count; k += 2 * LANES) {
            // The last vectors overlap, instead of masks.
            int k1 = Math.min(k, last);
            int k2 = Math.min(k + LANES, last);
            FloatVector x1 = FloatVector.fromArray(SPECIES, z, from + k1).mul(scales);
            FloatVector x2 = FloatVector.fromArray(SPECIES, z, from + k2).mul(scales);
            FloatVector a1 = x1.abs().min(LIMIT);
            FloatVector a2 = x2.abs().min(LIMIT);
            FloatVector s1 = a1.mul(a1);
            FloatVector s2 = a2.mul(a2);
            FloatVector p1 = s1.fma(P2, P1).fma(s1, ONE).mul(a1);
            FloatVector p2 = s2.fma(P2, P1).fma(s2, ONE).mul(a2);
            FloatVector q1 = s1.fma(Q3, Q2).fma(s1, Q1).fma(s1, ONE);
            FloatVector q2 = s2.fma(Q3, Q2).fma(s2, Q1).fma(s2, ONE);
            FloatVector d1 = p1.fma(MINUS_HALF, q1);
            FloatVector d2 = p2.fma(MINUS_HALF, q2);
            FloatVector n1 = p1.mul(q1);
            FloatVector n2 = p2.mul(q2);
            IntVector t1 = n1.div(d1.fma(d1, n1)).reinterpretAsInts();
            IntVector t2 = n2.div(d2.fma(d2, n2)).reinterpretAsInts();
            IntVector sign1 = x1.reinterpretAsInts().and(SIGN_BIT);
            IntVector sign2 = x2.reinterpretAsInts().and(SIGN_BIT);
            t1.or(sign1).reinterpretAsFloats().fma(scales, shifts).intoArray(y, at + k1);
            t2.or(sign2).reinterpretAsFloats().fma(scales, shifts).intoArray(y, at + k2);
        }
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** Per-thread arrays for values that do not fill a vector. Their earlier contents never reach a caller. */
    private static final class Scratch {

        private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

        /** The values that do not fill a vector. */
        final float[] values = new float[LANES];

        /** The values after their gate function. */
        final float[] squashed = new float[LANES];

        static Scratch ofThisThread() {
            return SCRATCH.get();
        }
    }
}
