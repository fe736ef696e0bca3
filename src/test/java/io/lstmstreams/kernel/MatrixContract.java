package io.lstmstreams.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

/** The contract of every kernel's matrix products. */
abstract class MatrixContract {

    /** Sizes of 1, and below and above the lanes of every processor; none is a multiple of the lanes. */
    private static final int[] SIZES = {1, 3, 7, 13, 31, 100, 207};

    final Kernel kernel = kernel();

    abstract Kernel kernel();

    /** Returns weights that the kernel stores exactly. */
    float[] weights(Random random, int length, float range) {
        return uniform(random, length, range);
    }

    static IntStream sizes() {
        return Arrays.stream(SIZES);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldMultiplyMatricesOfOddSizes(int rows) {
        for (int columns : SIZES) {
            // Given
            Random random = new Random(31L * rows + columns);
            float[] weights = weights(random, rows * columns, 1);
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
        // Given a base in the middle of an array, and an x and a y that are longer than necessary
        int columns = 7;
        Random random = new Random(rows);
        float[] weights = weights(random, rows * columns, 1);
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
        float[] weights = weights(random, rows * columns, 1);
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
                // Given bases that are rows of one table, or the results' own arrays
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
    static final class Several {

        final float[][] x;
        final float[][] bases;
        final int[] offsets;
        final float[][] y; // with nine more values than rows

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
        float[] weights = weights(random, 400 * 100, 0.1f);
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
                .hasMessage("5 values cannot fill a matrix of 2 x 3");
        assertThatThrownBy(() -> kernel.matrix(0, 3, new float[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kernel.matrix(1 << 16, 1 << 16, new float[0]))
                .isInstanceOf(IllegalArgumentException.class);
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

    /** Asserts a product within the error bound of a float sum of this many products in any order. */
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

    static float[] uniform(Random random, int length, float range) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat(-range, range);
        }
        return values;
    }
}
