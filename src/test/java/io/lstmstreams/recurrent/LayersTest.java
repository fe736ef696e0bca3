package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.lstmstreams.recurrent.Activation.Kind;
import io.lstmstreams.recurrent.GruLayer.GruOptions;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every layer with every option, on every kernel, compared with the formulas in double precision. */
class LayersTest {
    private static final int INPUTS = 9;
    private static final Activation HARD = Activation.of(Kind.HARD_SIGMOID);

    private static float[] weights(SplittableRandom random, int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextDouble(-0.7, 0.7);
        }
        return weights;
    }

    /** Returns recurrent weights that are small enough not to amplify rounding errors from step to step. */
    private static float[] recurrent(SplittableRandom random, int count, int units) {
        float[] weights = weights(random, count);
        for (int i = 0; i < count; i++) {
            weights[i] /= (float) Math.sqrt(units);
        }
        return weights;
    }

    private static LstmLayer lstm(int units, int outputs, LstmOptions options) {
        SplittableRandom random = new SplittableRandom(units);
        return new LstmLayer(
                INPUTS,
                units,
                weights(random, 4 * units * INPUTS),
                recurrent(random, 4 * units * outputs, outputs),
                weights(random, 4 * units),
                options);
    }

    private static GruLayer gru(int units, GruOptions options) {
        SplittableRandom random = new SplittableRandom(units);
        return new GruLayer(
                INPUTS,
                units,
                weights(random, 3 * units * INPUTS),
                recurrent(random, 3 * units * units, units),
                weights(random, 3 * units),
                options.resetAfter() ? weights(random, units) : new float[units],
                options);
    }

    private static RnnLayer rnn(int units, Activation activation, float clip) {
        SplittableRandom random = new SplittableRandom(units);
        return new RnnLayer(
                INPUTS,
                units,
                weights(random, units * INPUTS),
                recurrent(random, units * units, units),
                weights(random, units),
                activation,
                clip);
    }

    private static float[][] rows(int count, int units) {
        SplittableRandom random = new SplittableRandom(count);
        return Stream.generate(() -> weights(random, units)).limit(count).toArray(float[][]::new);
    }

    private static Map<String, RecurrentLayer> cells(int units) {
        Activation tanh = Activation.TANH;
        Activation sigmoid = Activation.SIGMOID;
        Activation relu = Activation.of(Kind.RELU);
        float[] projection = weights(new SplittableRandom(1), 5 * units);
        LstmNormalisation norm = new LstmNormalisation(rows(5, units), rows(5, units), 1e-3);
        Map<String, RecurrentLayer> cells = new LinkedHashMap<>();
        cells.put("lstm", lstm(units, units, LstmOptions.NONE));
        cells.put(
                "lstm with peepholes and cell clip",
                lstm(units, units, options(tanh, tanh, sigmoid, rows(3, units), 0.4f, null, 0f, 0f, false, null)));
        cells.put(
                "lstm with projection",
                lstm(units, 5, options(tanh, tanh, sigmoid, null, 0f, projection, 0f, 0f, false, null)));
        cells.put(
                "lstm with projection and all clips",
                lstm(units, 5, options(tanh, tanh, sigmoid, null, 0.3f, projection, 0.2f, 0.8f, false, null)));
        cells.put(
                "lstm with coupled gates",
                lstm(units, units, options(tanh, tanh, sigmoid, null, 0f, null, 0f, 0f, true, null)));
        cells.put(
                "lstm with other activations",
                lstm(
                        units,
                        units,
                        options(relu, Activation.of(Kind.SOFTSIGN), HARD, null, 0.9f, null, 0f, 0f, false, null)));
        cells.put(
                "layer-normalised lstm",
                lstm(units, units, options(tanh, tanh, sigmoid, null, 0f, null, 0f, 0f, false, norm)));
        cells.put("gru, reset after", gru(units, GruOptions.NONE));
        cells.put("gru, reset before", gru(units, new GruOptions(tanh, sigmoid, false, 0f)));
        cells.put("gru, hard, clipped", gru(units, new GruOptions(Activation.of(Kind.SOFTSIGN), HARD, true, 0.6f)));
        cells.put("gru, reset before, clipped", gru(units, new GruOptions(tanh, HARD, false, 0.6f)));
        cells.put("rnn", rnn(units, tanh, 0f));
        cells.put("rnn, relu, clipped", rnn(units, relu, 0.9f));
        return cells;
    }

    private static LstmOptions options(
            Activation activation,
            Activation output,
            Activation recurrent,
            float[][] peepholes,
            float cellClip,
            float[] projection,
            float projectionClip,
            float gateClip,
            boolean inputForget,
            LstmNormalisation norm) {
        return new LstmOptions(
                activation,
                output,
                recurrent,
                peepholes,
                cellClip,
                projection,
                projectionClip,
                gateClip,
                inputForget,
                norm);
    }

    static Stream<Arguments> cellsAndKernels() {
        return cells(7).keySet().stream().flatMap(cell -> KernelNames.all().map(kernel -> Arguments.of(cell, kernel)));
    }

    private static Stepper stepper(Network network, String kernel) {
        return PackedNetwork.of(network, KernelNames.kernel(kernel)).stepper();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static float[] oneHot(int index) {
        float[] x = new float[INPUTS];
        x[index] = 1f;
        return x;
    }

    @ParameterizedTest
    @MethodSource("cellsAndKernels")
    void shouldStepAsTheFormulasSay(String name, String kernel) {
        for (int units : new int[] {1, 7, 16, 37}) {
            // Given
            RecurrentLayer layer = cells(units).get(name);
            Network oneHot = new Network("m", InputEncoding.ONE_HOT, List.of(layer), List.of(), new ScoringRule.None());
            Network dense = new Network("m", InputEncoding.DENSE, List.of(layer), List.of(), new ScoringRule.None());
            Stepper oneHotStepper = stepper(oneHot, kernel);
            Stepper denseStepper = stepper(dense, kernel);
            SequenceState oneHotState = new SequenceState(oneHot);
            SequenceState denseState = new SequenceState(dense);
            DoubleNetwork oneHotOracle = new DoubleNetwork(layer);
            DoubleNetwork denseOracle = new DoubleNetwork(layer);
            SplittableRandom random = new SplittableRandom(3);

            for (int step = 0; step < 30; step++) {
                // When
                int event = random.nextInt(INPUTS);
                float[] x = weights(random, INPUTS);
                oneHotStepper.step(SparseInput.oneHot(event), oneHotState);
                denseStepper.step(SparseInput.dense(x), denseState);
                oneHotOracle.step(layer, oneHot(event));
                denseOracle.step(layer, x);

                // Then
                assertThat(oneHotState.h(0)).containsExactly(floats(oneHotOracle.h), within(5e-6f));
                assertThat(denseState.h(0)).containsExactly(floats(denseOracle.h), within(5e-6f));
                if (layer.cellStateSize() > 0) {
                    assertThat(oneHotState.c(0)).containsExactly(floats(oneHotOracle.c), within(5e-6f));
                    assertThat(denseState.c(0)).containsExactly(floats(denseOracle.c), within(5e-6f));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SOFTMAX", "LOG_SOFTMAX"})
    void shouldComputeEveryActivation(Kind kind) {
        // Given
        Activation defaults = Activation.of(kind);
        Activation other = new Activation(kind, kind.hasAlpha() ? 0.3f : 0f, kind.hasBeta() ? 0.7f : 0f);
        float[] z = {-9f, -2.5f, -1f, -0.3f, 0f, 0.2f, 0.9f, 1.1f, 3f, 7f};
        float[] y = new float[z.length];
        for (Activation activation : List.of(defaults, other)) {
            // When
            activation.apply(KernelNames.kernel("scalar"), z, 0, y, 0, z.length);

            // Then
            for (int k = 0; k < z.length; k++) {
                double expected = DoubleNetwork.f(activation).applyAsDouble(z[k]);
                assertThat((double) y[k])
                        .as("%s(%s)", activation, z[k])
                        .isCloseTo(expected, within(2e-6 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    @Test
    void shouldComputeSoftmaxAndItsLogarithmOfLargeValues() {
        // Given
        float[] z = {1000f, 999f, 998f};
        float[] p = new float[3];
        float[] logs = new float[3];

        // When
        Activation.SOFTMAX.apply(KernelNames.kernel("scalar"), z, 0, p, 0, 3);
        Activation.of(Kind.LOG_SOFTMAX).apply(KernelNames.kernel("scalar"), z, 0, logs, 0, 3);

        // Then: exp(0), exp(-1), exp(-2) over their sum, 1.503214724
        assertThat(p).containsExactly(new float[] {0.665241f, 0.2447285f, 0.0900306f}, within(1e-7f));
        assertThat(logs).containsExactly(new float[] {-0.407606f, -1.407606f, -2.407606f}, within(1e-6f));
    }

    @Test
    void shouldNameTheGatesOfEveryCell() {
        assertThat(gateNames("lstm")).containsExactly("f", "i", "g", "o");
        assertThat(gateNames("gru, reset before")).containsExactly("r", "z", "n");
        assertThat(gateNames("rnn")).isEmpty();
    }

    private static Iterable<String> gateNames(String cell) {
        Network network =
                new Network("m", InputEncoding.ONE_HOT, List.of(cells(3).get(cell)), List.of(), new ScoringRule.None());
        Stepper stepper = stepper(network, "scalar");
        stepper.step(SparseInput.oneHot(0), new SequenceState(network));
        return stepper.gates(0, 0).keySet();
    }

    @Test
    void shouldHaveADifferentFingerprintForEveryLayer() {
        List<String> fingerprints = cells(7).values().stream()
                .map(cell -> new Network("m", InputEncoding.ONE_HOT, List.of(cell), List.of(), new ScoringRule.None())
                        .fingerprintHex())
                .toList();

        assertThat(fingerprints).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector", "portable"})
    void shouldAllocateNothingInAStepOfAnyLayer(String kernel) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (Map.Entry<String, RecurrentLayer> cell : cells(19).entrySet()) {
            // Given
            Network network = new Network(
                    "m", InputEncoding.ONE_HOT, List.of(cell.getValue()), List.of(), new ScoringRule.None());
            Stepper stepper = stepper(network, kernel);
            SequenceState state = new SequenceState(network);
            SparseInput input = SparseInput.oneHot(1);

            // When: in rounds, because the JVM itself sometimes allocates, and until it has compiled all code
            int steps = 5_000;
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 60 && least >= steps; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int step = 0; step < steps; step++) {
                    stepper.step(input, state);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }

            // Then: the smallest object has 16 bytes, so this is less than one object in 16 steps
            assertThat(least).as(cell.getKey()).isLessThan(steps);
        }
    }

    @Test
    void shouldRefuseOptionsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> lstm(2, 2, options(Activation.SOFTMAX, HARD, HARD, null, 0f, null, 0f, 0f, false, null)))
                .withMessage("a recurrent layer's activation must not be a softmax");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lstm(2, 2, options(HARD, HARD, HARD, null, -1f, null, 0f, 0f, false, null)))
                .withMessage("cellClip, projectionClip and clip must be at least 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lstm(2, 2, options(HARD, HARD, HARD, null, 0f, null, 1f, 0f, false, null)))
                .withMessage("projectionClip requires a projection");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lstm(
                        2,
                        2,
                        options(HARD, HARD, HARD, new float[][] {{1, 2}, {1}, {1, 2}}, 0f, null, 0f, 0f, false, null)))
                .withMessageContaining("peephole");
        assertThat(Arrays.asList(Kind.values()))
                .allMatch(kind -> Kind.named(kind.specName()).orElseThrow() == kind);
    }
}
