package io.lstmstreams.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepperTest {
    private static final String KERNELS = "io.lstmstreams.recurrent.KernelNames#all";

    /**
     * Two units, three events. Rows: gates i, f, g, o, two units each. The weights of all gates differ, and U is not
     * symmetric.
     */
    private static final LstmLayer HAND_WORKED = new LstmLayer(
            3,
            2,
            new float[] {
                9, 0.4f, 0.2f, // i
                9, -1.2f, 0.3f,
                9, 0.7f, -0.5f, // f
                9, -0.15f, 0.6f,
                9, 0.9f, -0.7f, // g
                9, -0.4f, 1.1f,
                9, 0.1f, 0.9f, // o
                9, 1.9f, -0.8f
            },
            new float[] {
                0.5f, -1.0f, // i
                1.5f, 0.25f, -0.75f, 0.5f, // f
                1.0f, 2.0f, 2.0f, -1.5f, // g
                -0.5f, 1.25f, 0.3f, -0.6f, // o
                -1.2f, 0.9f
            },
            new float[] {0.1f, 0.2f, 0.3f, 0.4f, -0.1f, -0.2f, -0.3f, -0.4f});

    private static final Head HAND_WORKED_HEAD =
            new Head("next", Activation.LINEAR, 2, 2, new float[] {2, -1, -3, 0.25f}, new float[] {0.5f, -1});

    @ParameterizedTest
    @MethodSource(KERNELS)
    void shouldComputeHandWorkedNumbers(String kernel) {
        // Given
        Network network = new Network(
                "hand", InputEncoding.ONE_HOT, List.of(HAND_WORKED), List.of(HAND_WORKED_HEAD), new ScoringRule.None());
        Stepper stepper = PackedNetwork.of(network, KernelNames.kernel(kernel)).stepper();
        SequenceState state = new SequenceState(network);

        // When: event 1, so that z is the second column of W plus b, because h and c are zero
        stepper.step(SparseInput.oneHot(1), state);

        // Then
        //          unit 0              unit 1
        //   z_i    0.4 + 0.1 =  0.5   -1.2  + 0.2 = -1      i = 1/(1+e^-z)  0.622459331  0.268941421
        //   z_f    0.7 + 0.3 =  1     -0.15 + 0.4 =  0.25   f = 1/(1+e^-z)  0.731058579  0.562176501
        //   z_g    0.9 - 0.1 =  0.8   -0.4  - 0.2 = -0.6    g = tanh(z)     0.664036770 -0.537049567
        //   z_o    0.1 - 0.3 = -0.2    1.9  - 0.4 =  1.5    o = 1/(1+e^-z)  0.450166003  0.817574476
        //   c = f * 0 + i * g          0.413335884 -0.144434874
        //   h = o * tanh(c)            0.450166003 * 0.391301466   0.817574476 * -0.143438812
        assertThat(state.c(0)).containsExactly(floats(0.413335884, -0.144434874), within(1e-6f));
        assertThat(state.h(0)).containsExactly(floats(0.176150617, -0.117271912), within(1e-6f));
        Map<String, float[]> gates = stepper.gates(0, 0);
        assertThat(gates.keySet()).containsExactly("f", "i", "g", "o");
        assertThat(gates.get("i")).containsExactly(floats(0.622459331, 0.268941421), within(1e-6f));
        assertThat(gates.get("f")).containsExactly(floats(0.731058579, 0.562176501), within(1e-6f));
        assertThat(gates.get("g")).containsExactly(floats(0.664036770, -0.537049567), within(1e-6f));
        assertThat(gates.get("o")).containsExactly(floats(0.450166003, 0.817574476), within(1e-6f));

        // When: event 2, the third column of W, and now U matters
        stepper.step(SparseInput.oneHot(2), state);

        // Then, with h = (0.176150617, -0.117271912) and c from above
        //   z_i    0.3 + 0.5 h0 - h1      =  0.505347    0.5 + 1.5 h0 + 0.25 h1 =  0.734908   i  0.623715122
        // 0.675881362
        //   z_f   -0.2 - 0.75 h0 + 0.5 h1 = -0.390749    1.0 + h0 + 2 h1        =  0.941607   f  0.403537027
        // 0.719424108
        //   z_g   -0.8 + 2 h0 - 1.5 h1    = -0.271791    0.9 - 0.5 h0 + 1.25 h1 =  0.665335   g -0.265290482
        // 0.581902747
        //   z_o    0.6 + 0.3 h0 - 0.6 h1  =  0.723208   -1.2 - 1.2 h0 + 0.9 h1  = -1.516925   o  0.673313122
        // 0.179914707
        //   c      0.403537027 * 0.413335884 - 0.623715122 * 0.265290482      0.719424108 * -0.144434874 + 0.393297187
        //   h      0.673313122 * 0.001330647                                  0.179914707 * 0.281570778
        assertThat(state.c(0)).containsExactly(floats(0.001330648, 0.289387291), within(1e-6f));
        assertThat(state.h(0)).containsExactly(floats(0.000895942, 0.050658724), within(1e-6f));
        assertThat(state.steps()).isEqualTo(2);

        // And the head: 2 h0 - h1 + 0.5, -3 h0 + 0.25 h1 - 1
        assertThat(stepper.logits(state)).containsExactly(floats(0.451133160, -0.990023146), within(1e-6f));
    }

    /** Returns the floats nearest to numbers that have more digits. */
    private static float[] floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void shouldAgreeWithDoublePrecisionInStackedLayersOfOddSizes(String kernel) {
        // Given
        Network network = TestNetwork.ofEvents(11, 7, 13, 3, 5);
        Stepper stepper = PackedNetwork.of(network, KernelNames.kernel(kernel)).stepper();
        SequenceState state = new SequenceState(network);
        DoubleLstm oracle = new DoubleLstm(network);
        SplittableRandom random = new SplittableRandom(12);

        for (int step = 0; step < 50; step++) {
            // When
            int event = random.nextInt(7);
            stepper.step(SparseInput.oneHot(event), state);
            float[] x = new float[7];
            x[event] = 1;
            oracle.step(x);

            // Then
            for (int layer = 0; layer < 3; layer++) {
                assertThat(state.h(layer)).containsExactly(oracle.h(layer), within(1e-5f));
                assertThat(state.c(layer)).containsExactly(oracle.c(layer), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void shouldAgreeWithDoublePrecisionOnDenseVectors(String kernel) {
        // Given
        Network network = TestNetwork.of(21, InputEncoding.DENSE, 3, new ScoringRule.None(), 7, 1);
        Stepper stepper = PackedNetwork.of(network, KernelNames.kernel(kernel)).stepper();
        SequenceState state = new SequenceState(network);
        DoubleLstm oracle = new DoubleLstm(network);
        SplittableRandom random = new SplittableRandom(22);

        for (int step = 0; step < 50; step++) {
            // When
            float[] x = TestNetwork.weights(random, 3);
            stepper.step(SparseInput.dense(x), state);
            oracle.step(x);

            // Then
            for (int layer = 0; layer < 2; layer++) {
                assertThat(state.h(layer)).containsExactly(oracle.h(layer), within(1e-5f));
                assertThat(state.c(layer)).containsExactly(oracle.c(layer), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(KERNELS)
    void shouldTreatAOneHotIndexAsItsVector(String kernel) {
        // Given: the same weights, once for indexes and once for vectors
        Network oneHot = TestNetwork.ofEvents(31, 5, 3, 2);
        Network dense =
                new Network("dense", InputEncoding.DENSE, oneHot.layers(), oneHot.heads(), new ScoringRule.None());
        Stepper oneHotStepper =
                PackedNetwork.of(oneHot, KernelNames.kernel(kernel)).stepper();
        Stepper denseStepper =
                PackedNetwork.of(dense, KernelNames.kernel(kernel)).stepper();
        SequenceState oneHotState = new SequenceState(oneHot);
        SequenceState denseState = new SequenceState(dense);

        for (int event : new int[] {4, 0, 1, 1, 3, 2}) {
            // When
            float[] x = new float[5];
            x[event] = 1;
            oneHotStepper.step(SparseInput.oneHot(event), oneHotState);
            denseStepper.step(SparseInput.dense(x), denseState);

            // Then
            assertThat(oneHotState.h(1)).containsExactly(denseState.h(1), within(1e-6f));
            assertThat(oneHotState.c(0)).containsExactly(denseState.c(0), within(1e-6f));
        }
    }

    @Test
    void shouldFeedHiddenStatesToALayerThatIsUsedTwice() {
        // Given: one object as both layers, as tied weights are
        LstmLayer layer = TestNetwork.layer(new SplittableRandom(41), 3, 3);
        Head head = new Head("next", Activation.LINEAR, 3, 1, new float[3], new float[1]);
        Network network = new Network(
                "tied", InputEncoding.ONE_HOT, List.of(layer, layer), List.of(head), new ScoringRule.None());
        Stepper stepper =
                PackedNetwork.of(network, KernelNames.kernel("scalar")).stepper();
        SequenceState state = new SequenceState(network);
        DoubleLstm oracle = new DoubleLstm(network);

        // When
        stepper.step(SparseInput.oneHot(2), state);
        oracle.step(0, 0, 1);

        // Then
        assertThat(state.h(1)).containsExactly(oracle.h(1), within(1e-6f));
    }

    @Test
    void shouldKeepStatesOfInterleavedSequencesApart() {
        // Given
        Network network = TestNetwork.ofEvents(51, 4, 5);
        PackedNetwork packed = PackedNetwork.of(network, KernelNames.kernel("scalar"));
        Stepper stepper = packed.stepper();
        SequenceState first = new SequenceState(network);
        SequenceState second = new SequenceState(network);
        SequenceState firstAlone = new SequenceState(network);
        SequenceState secondAlone = new SequenceState(network);

        // When
        for (int step = 0; step < 10; step++) {
            stepper.step(SparseInput.oneHot(step % 4), first);
            stepper.step(SparseInput.oneHot(step % 3), second);
        }
        Stepper another = packed.stepper();
        for (int step = 0; step < 10; step++) {
            another.step(SparseInput.oneHot(step % 4), firstAlone);
        }
        for (int step = 0; step < 10; step++) {
            another.step(SparseInput.oneHot(step % 3), secondAlone);
        }

        // Then
        assertThat(first.h(0)).isEqualTo(firstAlone.h(0)).isNotEqualTo(second.h(0));
        assertThat(second.h(0)).isEqualTo(secondAlone.h(0));
    }

    @Test
    void shouldRestartAfterAReset() {
        // Given
        Network network = TestNetwork.ofEvents(61, 4, 3, 2);
        Stepper stepper =
                PackedNetwork.of(network, KernelNames.kernel("scalar")).stepper();
        SequenceState used = new SequenceState(network);
        stepper.step(SparseInput.oneHot(3), used);
        used.lastEventTime(99);
        used.verdict().add(2, -1.5, 4, true);

        // When
        used.reset();

        // Then
        assertThat(used.steps()).isZero();
        assertThat(used.lastEventTime()).isZero();
        assertThat(used.verdict().hasScores()).isFalse();
        assertThat(used.verdict().anomalous()).isFalse();
        for (int layer = 0; layer < used.layers(); layer++) {
            assertThat(used.h(layer)).containsOnly(0f);
            assertThat(used.c(layer)).containsOnly(0f);
        }
    }

    @Test
    void shouldAnswerWithTheLogitsOfTheStateAsItIs() {
        // Given: a state with cached logits
        Network network = TestNetwork.ofEvents(65, 4, 3);
        Stepper stepper =
                PackedNetwork.of(network, KernelNames.kernel("scalar")).stepper();
        SequenceState state = new SequenceState(network);
        SequenceState twin = new SequenceState(network);
        float[] ofZeros = stepper.logits(state).clone();

        // When
        stepper.step(SparseInput.oneHot(3), state);
        stepper.step(SparseInput.oneHot(3), twin);
        float[] afterStep = stepper.logits(state).clone();
        float[] again = stepper.logits(state).clone();
        state.reset();
        float[] afterReset = stepper.logits(state).clone();

        // Then
        assertThat(afterStep).isEqualTo(again).isEqualTo(stepper.logits(twin)).isNotEqualTo(ofZeros);
        assertThat(afterReset).isEqualTo(ofZeros);
    }

    @Test
    void shouldKeepNaNInItsOwnSequence() {
        // Given
        Network network = TestNetwork.ofEvents(71, 4, 3);
        Stepper stepper =
                PackedNetwork.of(network, KernelNames.kernel("scalar")).stepper();
        SequenceState broken = new SequenceState(network);
        broken.c(0)[1] = Float.NaN;
        SequenceState sound = new SequenceState(network);

        // When
        stepper.step(SparseInput.oneHot(1), broken);
        stepper.step(SparseInput.oneHot(1), sound);

        // Then
        assertThat(broken.h(0)[1]).isNaN();
        assertThat(sound.h(0)).doesNotContain(Float.NaN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector", "portable"})
    void shouldAllocateNothingInAStep(String kernel) {
        // Given: a warm stepper
        Network network = TestNetwork.ofEvents(81, 29, 32, 17);
        Stepper stepper = PackedNetwork.of(network, KernelNames.kernel(kernel)).stepper();
        SequenceState state = new SequenceState(network);
        SparseInput[] inputs = {SparseInput.oneHot(3), SparseInput.oneHot(28)};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();

        // When: in rounds, because the JVM itself sometimes allocates, and until it has compiled all code
        int steps = 10_000;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 30 && least >= steps; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int step = 0; step < steps; step++) {
                stepper.step(inputs[step & 1], state);
                stepper.logits(state);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }

        // Then: the smallest object has 16 bytes, so this is less than one object in 16 steps
        assertThat(least).isLessThan(steps);
    }
}
