package io.lstmstreams.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of every kernel; a small subclass names the kernel. */
abstract class KernelContract extends MatrixContract {

    private static final float[] EXTREMES = {
        0, -0f, 1e-30f, -1e-30f, 0.5f, -0.5f, 20, -20, 1e4f, -1e4f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
    };

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldAdvanceCellsOfOddSizes(int units) {
        Random random = new Random(units);
        for (int trial = 0; trial < 20; trial++) {
            assertLstm(uniform(random, 4 * units, 8), uniform(random, units, 3));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldAdvanceCellsWithExtremeInputs(int units) {
        Random random = new Random(units);
        for (int trial = 0; trial < 100; trial++) {
            float[] c = extremes(random, units);
            for (int unit = 0; unit < units; unit++) {
                c[unit] = Math.max(-1e4f, Math.min(1e4f, c[unit])); // an infinite state times a closed gate is NaN
            }
            assertLstm(extremes(random, 4 * units), c);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldKeepNaNInItsOwnUnit(int units) {
        for (int bad = 0; bad < 5 * units; bad++) {
            // Given one NaN, in one of the gates or in c
            Random random = new Random(bad);
            float[] gates = uniform(random, 4 * units, 3);
            float[] c = uniform(random, units, 3);
            float[] h = new float[units];
            int badUnit = bad % units;
            if (bad < 4 * units) {
                gates[bad] = Float.NaN;
            } else {
                c[badUnit] = Float.NaN;
            }

            // When
            kernel.lstm(gates, new float[4 * units], c, h);

            // Then
            for (int unit = 0; unit < units; unit++) {
                assertThat(Float.isNaN(h[unit])).isEqualTo(unit == badUnit);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldComputeAPartOfAnArrayAndNothingElse(int count) {
        // Given
        float[] z = uniform(new Random(count), count + 5, 6);
        float[] sigmoids = new float[count + 9];
        float[] tanhs = new float[count + 9];
        Arrays.fill(sigmoids, 42);
        Arrays.fill(tanhs, 42);

        // When
        kernel.sigmoid(z, 3, sigmoids, 4, count);
        kernel.tanh(z, 3, tanhs, 4, count);

        // Then
        for (int k = 0; k < count + 9; k++) {
            boolean inside = k >= 4 && k < count + 4;
            double expectedSigmoid = inside ? sigmoid(z[k - 1]) : 42;
            double expectedTanh = inside ? Math.tanh(z[k - 1]) : 42;
            assertThat((double) sigmoids[k]).isCloseTo(expectedSigmoid, within(2e-7));
            assertThat((double) tanhs[k]).isCloseTo(expectedTanh, within(2e-7));
        }
    }

    /** Every 101st float from 1e-30 to 16: the error is measured, not sampled at a few points. */
    @Test
    void shouldComputeTanhToTheLastDigits() {
        // Given
        int units = 1024;
        float[] y = new float[units];
        double worst = 0;
        double worstRelative = 0;
        float greatest = 0;
        int last = Float.floatToIntBits(16);
        for (int bits = Float.floatToIntBits(1e-30f); bits < last; bits += 101 * units) {
            float[] x = new float[units];
            for (int unit = 0; unit < units; unit++) {
                x[unit] = Float.intBitsToFloat(bits + 101 * unit) * (unit % 2 == 0 ? 1 : -1);
            }

            // When
            kernel.tanh(x, 0, y, 0, units);

            // Then
            for (int unit = 0; unit < units; unit++) {
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

    @Test
    void shouldAllocateNothingOnceWarm() {
        // Given layers that fill every vector (64) and layers with units left over (7, 100)
        List<Layer> layers = List.of(new Layer(kernel, 7), new Layer(kernel, 64), new Layer(kernel, 100));

        // When the JIT compiler has compiled the code
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 1;
        for (int round = 0; round < 300 && bytes > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int step = 0; step < 1000; step++) {
                for (int layer = 0; layer < layers.size(); layer++) {
                    layers.get(layer).step();
                }
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }

        // Then a thousand steps allocate nothing
        assertThat(bytes).isZero();
    }

    private static final class Layer {

        private final Kernel kernel;
        private final Matrix recurrent; // [4 * units][units]
        private final float[] bias; // [4 * units]
        private final float[] z; // [4 gates][units]
        private final float[] gates; // [4 gates][units]
        private final float[] c; // [units]
        private final float[] h; // [units]
        private final Several several; // 13 more sequences, for which only the product is computed

        Layer(Kernel kernel, int units) {
            this.kernel = kernel;
            Random random = new Random(units);
            recurrent = kernel.matrix(4 * units, units, uniform(random, 4 * units * units, 0.1f));
            bias = uniform(random, 4 * units, 1);
            z = new float[4 * units];
            gates = new float[4 * units];
            c = new float[units];
            h = new float[units];
            several = new Several(random, 13, 4 * units, units);
        }

        void step() {
            recurrent.multiply(h, bias, 0, z);
            recurrent.multiply(13, several.x, several.bases, several.offsets, several.y);
            kernel.lstm(z, gates, c, h);
        }
    }

    private void assertLstm(float[] z, float[] c) {
        // Given
        int units = c.length;
        float[] gates = new float[4 * units];
        float[] cell = c.clone();
        float[] h = new float[units];

        // When
        kernel.lstm(z, gates, cell, h);

        // Then
        for (int unit = 0; unit < units; unit++) {
            double i = sigmoid(z[unit]);
            double f = sigmoid(z[units + unit]);
            double g = Math.tanh(z[2 * units + unit]);
            double o = sigmoid(z[3 * units + unit]);
            double expectedC = f * c[unit] + i * g;
            double tolerance = 4e-7 * (1 + Math.abs(c[unit]));
            assertThat((double) gates[unit]).isBetween(0.0, 1.0).isCloseTo(i, within(2e-7));
            assertThat((double) gates[units + unit]).isBetween(0.0, 1.0).isCloseTo(f, within(2e-7));
            assertThat((double) gates[2 * units + unit]).isBetween(-1.0, 1.0).isCloseTo(g, within(2e-7));
            assertThat((double) gates[3 * units + unit]).isBetween(0.0, 1.0).isCloseTo(o, within(2e-7));
            assertThat((double) cell[unit]).isCloseTo(expectedC, within(tolerance));
            assertThat((double) h[unit]).isBetween(-1.0, 1.0).isCloseTo(o * Math.tanh(expectedC), within(tolerance));
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static float[] extremes(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = EXTREMES[random.nextInt(EXTREMES.length)];
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 29, 33, 1000, 20_001})
    void shouldSumTheExponentialsOfLogits(int size) {
        Random random = new Random(size);
        float[] z = new float[size];
        for (int k = 0; k < size; k++) {
            z[k] = (float) random.nextGaussian() * 8;
        }
        for (int round = 0;
                round < 2;
                round++) { // the second time with a spread at which most exponentials are negligible
            float max = maximum(z);
            double expected = 0;
            for (float value : z) {
                expected += Math.exp((double) value - max);
            }
            assertThat(kernel.sumOfExponentials(z, max)).isCloseTo(expected, within(3e-7 * expected));
            z[0] = 300;
        }
    }

    @Test
    void shouldSumExponentialsToTheSameBitsBeforeAndAfterTheJitCompiler() {
        float[] z = new float[6];
        float[] longer = new float[100];
        for (int k = 0; k < longer.length; k++) {
            longer[k] = (float) Math.sin(k * 1.7) * 3;
            z[k % z.length] = longer[k];
        }
        double first = kernel.sumOfExponentials(z, 3);
        double firstOfLonger = kernel.sumOfExponentials(longer, 3);

        for (int call = 0; call < 30_000; call++) {
            assertThat(kernel.sumOfExponentials(z, 3) == first).isTrue();
            assertThat(kernel.sumOfExponentials(longer, 3) == firstOfLonger).isTrue();
        }
    }

    @Test
    void shouldKeepNaNInTheSumOfExponentials() {
        float[] z = new float[40];
        z[3] = Float.NaN;

        assertThat(kernel.sumOfExponentials(z, 0)).isNaN();
    }

    private static float maximum(float[] z) {
        float max = z[0];
        for (float value : z) {
            max = Math.max(max, value);
        }
        return max;
    }
}
