package io.lstmstreams.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every kernel must do; one small subclass names the kernel. */
abstract class KernelContract {

    /** One, below and above the lanes of every processor, and no multiple of them. */
    private static final int[] SIZES = {1, 3, 7, 13, 31, 100, 207};

    private static final float[] EXTREMES = {
        0, -0f, 1e-30f, -1e-30f, 0.5f, -0.5f, 20, -20, 1e4f, -1e4f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
    };

    private final Kernel kernel = kernel();

    abstract Kernel kernel();

    static IntStream sizes() {
        return Arrays.stream(SIZES);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldMultiplyMatricesOfOddSizes(int rows) {
        for (int columns : SIZES) {
            // Given
            Random random = new Random(31L * rows + columns);
            float[] weights = uniform(random, rows * columns, 1);
            float[] x = uniform(random, columns, 1);
            float[] base = uniform(random, rows, 1);
            float[] y = new float[rows];

            // When
            kernel.matrix(rows, columns, weights).multiply(x, base, 0, y);

            // Then
            assertProduct(rows, columns, weights, x, base, y);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldReadAndWriteNothingOutsideItsVectors(int rows) {
        // Given a base in the middle of an array, and an x and a y that are longer than needed
        int columns = 7;
        Random random = new Random(rows);
        float[] weights = uniform(random, rows * columns, 1);
        float[] x = Arrays.copyOf(uniform(random, columns, 1), columns + 9);
        Arrays.fill(x, columns, x.length, Float.NaN);
        float[] base = uniform(random, rows, 1);
        float[] table = new float[5 + rows + 1];
        Arrays.fill(table, Float.NaN);
        System.arraycopy(base, 0, table, 5, rows);
        float[] y = new float[rows + 100];
        Arrays.fill(y, 42);

        // When
        kernel.matrix(rows, columns, weights).multiply(x, table, 5, y);

        // Then
        assertProduct(rows, columns, weights, x, base, y);
        assertThat(Arrays.copyOfRange(y, rows, y.length)).containsOnly(42);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldAddToTheResultInPlace(int rows) {
        // Given
        int columns = 13;
        Random random = new Random(rows);
        float[] weights = uniform(random, rows * columns, 1);
        float[] x = uniform(random, columns, 1);
        float[] base = uniform(random, rows, 1);
        float[] y = base.clone();

        // When
        kernel.matrix(rows, columns, weights).multiply(x, y, 0, y);

        // Then
        assertProduct(rows, columns, weights, x, base, y);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldMultiplySeveralVectorsToTheSameBitsAsEachAlone(int rows) {
        for (int columns : new int[] {1, 7, 100, 1100}) {
            Matrix matrix = kernel.matrix(rows, columns, uniform(new Random(rows), rows * columns, 1));
            for (int count = 1; count <= 17; count++) {
                // Given bases of which some are one table's rows, and some the results' own arrays
                Random random = new Random(31L * columns + count);
                Several several = new Several(random, count, rows, columns);
                float[][] expected = new float[count][rows];
                for (int i = 0; i < count; i++) {
                    matrix.multiply(several.x[i], several.bases[i], several.offsets[i], expected[i]);
                }

                // When
                matrix.multiply(count, several.x, several.bases, several.offsets, several.y);

                // Then
                for (int i = 0; i < count; i++) {
                    assertThat(several.y[i])
                            .as("%d of %d vectors, %d x %d", i, count, rows, columns)
                            .startsWith(expected[i]);
                    assertThat(Arrays.copyOfRange(several.y[i], rows, rows + 9)).containsOnly(42);
                }
            }
        }
    }

    /** Several vectors to multiply a matrix with. */
    private static final class Several {

        private final float[][] x;
        private final float[][] bases;
        private final int[] offsets;
        private final float[][] y; // with nine values more than rows

        Several(Random random, int count, int rows, int columns) {
            x = new float[count][];
            y = new float[count][];
            bases = new float[count][];
            offsets = new int[count];
            float[] table = uniform(random, 3 * rows, 1);
            for (int i = 0; i < count; i++) {
                x[i] = uniform(random, columns, 1);
                y[i] = Arrays.copyOf(uniform(random, rows, 1), rows + 9);
                Arrays.fill(y[i], rows, rows + 9, 42);
                bases[i] = i % 3 == 2 ? y[i] : table;
                offsets[i] = i % 3 == 2 ? 0 : i % 3 * rows + 1;
            }
        }
    }

    @Test
    void shouldKeepNaNInItsOwnVector() {
        // Given
        Random random = new Random(3);
        Matrix matrix = kernel.matrix(50, 20, uniform(random, 50 * 20, 1));
        Several several = new Several(random, 11, 50, 20);
        several.x[4][7] = Float.NaN;

        // When
        matrix.multiply(11, several.x, several.bases, several.offsets, several.y);

        // Then
        for (int i = 0; i < 11; i++) {
            for (int row = 0; row < 50; row++) {
                assertThat(Float.isNaN(several.y[i][row])).isEqualTo(i == 4);
            }
        }
    }

    @Test
    void shouldAgreeWithTheScalarKernel() {
        // Given
        Random random = new Random(5);
        float[] weights = uniform(random, 400 * 100, 0.1f);
        float[] x = uniform(random, 100, 1);
        float[] base = uniform(random, 400, 1);
        float[] y = new float[400];
        float[] expected = new float[400];

        // When
        kernel.matrix(400, 100, weights).multiply(x, base, 0, y);
        new ScalarKernel().matrix(400, 100, weights).multiply(x, base, 0, expected);

        // Then
        assertThat(y).containsExactly(expected, within(2e-6f));
    }

    @Test
    void shouldKeepItsOwnCopyOfTheWeights() {
        // Given
        float[] weights = {1, 2, 3, 4, 5, 6};
        Matrix matrix = kernel.matrix(2, 3, weights);
        float[] y = new float[2];

        // When
        Arrays.fill(weights, 0);
        matrix.multiply(new float[] {1, 10, 100}, new float[2], 0, y);

        // Then
        assertThat(y).containsExactly(321, 654);
        assertThat(matrix.rows()).isEqualTo(2);
        assertThat(matrix.columns()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWeightsOfAnotherShape() {
        assertThatThrownBy(() -> kernel.matrix(2, 3, new float[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 values can't be a matrix of 2 x 3");
        assertThatThrownBy(() -> kernel.matrix(0, 3, new float[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kernel.matrix(1 << 16, 1 << 16, new float[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

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
    void shouldSquashAStretchOfAnArrayAndNothingBesideIt(int count) {
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

    @Test
    void shouldMultiplyInTwoThreadsAtOnce() throws Exception {
        // Given one matrix and an input for each thread
        Random random = new Random(2);
        Matrix matrix = kernel.matrix(207, 100, uniform(random, 207 * 100, 1));
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            float[] x = uniform(random, 100, 1);
            float[] expected = new float[207];
            matrix.multiply(x, new float[207], 0, expected);
            tasks.add(() -> countOtherResults(matrix, x, expected));
        }

        // When
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<Integer>> otherResults = threads.invokeAll(tasks);
        threads.shutdown();

        // Then
        for (Future<Integer> count : otherResults) {
            assertThat(count.get()).isZero();
        }
    }

    private static int countOtherResults(Matrix matrix, float[] x, float[] expected) {
        int count = 0;
        float[] y = new float[expected.length];
        float[] base = new float[expected.length];
        float[][] xs = {x, x, x};
        float[][] bases = {base, base, base};
        float[][] ys = new float[3][expected.length];
        for (int i = 0; i < 2000; i++) {
            matrix.multiply(x, base, 0, y);
            count += Arrays.equals(y, expected) ? 0 : 1;
            matrix.multiply(3, xs, bases, new int[3], ys);
            for (float[] each : ys) {
                count += Arrays.equals(each, expected) ? 0 : 1;
            }
        }
        return count;
    }

    @Test
    void shouldAllocateNothingOnceWarm() {
        // Given layers that fill every vector (64) and that leave units over (7, 100)
        List<Layer> layers = List.of(new Layer(kernel, 7), new Layer(kernel, 64), new Layer(kernel, 100));

        // When the compiler has had its time
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

        // Then a thousand steps are free
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
        private final Several several; // 13 more sequences, of which only the product is computed

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

    /** Within the bound that holds for a float sum of so many products in any order. */
    private static void assertProduct(int rows, int columns, float[] weights, float[] x, float[] base, float[] y) {
        for (int row = 0; row < rows; row++) {
            double sum = base[row];
            double magnitude = Math.abs(base[row]);
            for (int k = 0; k < columns; k++) {
                double product = (double) weights[row * columns + k] * x[k];
                sum += product;
                magnitude += Math.abs(product);
            }
            assertThat((double) y[row])
                    .as("row %d of %d x %d", row, rows, columns)
                    .isCloseTo(sum, within((columns + 2) * 6e-8 * magnitude));
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

    static float[] uniform(Random random, int length, float range) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat(-range, range);
        }
        return values;
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
        for (int round = 0; round < 2; round++) { // the second time with a spread that leaves nothing of most of them
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
    void shouldKeepANanInTheSumOfExponentials() {
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
