package io.lstmstreams.kernel;

/**
 * A kernel of plain loops that the JDK's compiler turns into vector instructions by itself, for JVMs without the
 * incubating Vector API. It needs no JVM option and runs everywhere.
 *
 * <p>Thread-safe and free of allocation. The gate functions are the rational ones of {@link VectorKernel}, written
 * without branches and without bit operations. Their absolute error stays below 1.5e-7. Both functions stay within
 * their bounds; infinity yields the bound, and NaN yields NaN in its own unit only.
 */
final class PortableKernel implements Kernel {

    /** The number of values that one loop works on. */
    private static final int BLOCK = 256;

    private static final ThreadLocal<float[]> VALUES = ThreadLocal.withInitial(() -> new float[BLOCK]);

    @Override
    public String name() {
        return "portable";
    }

    @Override
    public Matrix matrix(int rows, int columns, float[] weights) {
        Shape.check(rows, columns, weights);
        return new PortableMatrix(rows, columns, weights);
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
    public void lstm(float[] z, float[] gates, float[] c, float[] h) {
        int units = c.length;
        squash(z, 0, gates, 0, 2 * units, 0.5f);
        squash(z, 2 * units, gates, 2 * units, units, 1);
        squash(z, 3 * units, gates, 3 * units, units, 0.5f);
        for (int unit = 0; unit < units; unit++) {
            c[unit] = gates[units + unit] * c[unit] + gates[unit] * gates[2 * units + unit];
        }
        squash(c, 0, h, 0, units, 1);
        for (int unit = 0; unit < units; unit++) {
            h[unit] *= gates[3 * units + unit];
        }
    }

    /**
     * Computes {@code y = 1 - scale + scale * tanh(scale * z)}: tanh for a scale of 1, sigmoid for a scale of 0.5.
     * Works in a per-thread array, because the compiler vectorises a loop over one array that begins at index 0.
     */
    private static void squash(float[] z, int from, float[] y, int at, int count, float scale) {
        float[] values = VALUES.get();
        for (int done = 0; done < count; done += BLOCK) {
            int length = Math.min(BLOCK, count - done);
            System.arraycopy(z, from + done, values, 0, length);
            squash(values, length, scale);
            System.arraycopy(values, 0, y, at + done, length);
        }
    }

    /**
     * Computes the function in place. With {@code u = tanh(x / 2) = p / 2q}, the double-angle formula is
     * {@code tanh x = 2u / (1 + u^2)}. The formula dampens errors of p and q, and no float makes it exceed 1.
     */
    private static void squash(float[] values, int count, float scale) {
        float shift = 1 - scale;
        for (int k = 0; k < count; k++) {
            float x = Math.max(-TanhFit.LIMIT, Math.min(TanhFit.LIMIT, values[k] * scale));
            float s = x * x;
            float p = (s * TanhFit.P2 + TanhFit.P1) * s * x + x;
            float q = ((s * TanhFit.Q3 + TanhFit.Q2) * s + TanhFit.Q1) * s + 1;
            float twice = p / q; // 2u
            values[k] = twice / (1 + 0.25f * (twice * twice)) * scale + shift;
        }
    }
}
