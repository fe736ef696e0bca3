package io.lstmstreams.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VectorKernelTest extends KernelContract {

    private static final int UNITS = 1024;

    @Override
    Kernel kernel() {
        return new VectorKernel(false);
    }

    /** Every 101st float from 1e-30 to 16: the error is measured, not sampled at a few points. */
    @Test
    void shouldComputeTanhToTheAccuracyItStates() {
        // Given
        float[] y = new float[UNITS];
        double worst = 0;
        double worstRelative = 0;
        float greatest = 0;
        int last = Float.floatToIntBits(16);
        for (int bits = Float.floatToIntBits(1e-30f); bits < last; bits += 101 * UNITS) {
            float[] x = new float[UNITS];
            for (int unit = 0; unit < UNITS; unit++) {
                x[unit] = Float.intBitsToFloat(bits + 101 * unit) * (unit % 2 == 0 ? 1 : -1);
            }

            // When
            kernel().tanh(x, 0, y, 0, UNITS);

            // Then
            for (int unit = 0; unit < UNITS; unit++) {
                float tanh = y[unit];
                double exact = Math.tanh(x[unit]);
                double error = Math.abs(tanh - exact);
                worst = Math.max(worst, error);
                worstRelative = Math.max(worstRelative, error / Math.abs(exact));
                greatest = Math.max(greatest, Math.abs(tanh));
            }
        }
        assertThat(worst).isLessThan(1.5e-7);
        assertThat(worstRelative).isLessThan(4e-7);
        assertThat(greatest).isEqualTo(1);
    }
}
