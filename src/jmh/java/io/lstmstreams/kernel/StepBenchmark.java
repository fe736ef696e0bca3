package io.lstmstreams.kernel;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of an LSTM with a one-hot input: the product of the recurrent weights and h, on top of the input's row of a
 * table, then the gates. Each step starts from the state of the step before, as in a stream, so steps can't overlap.
 *
 * <p>Compare kernels within one run only: {@code mvn -q -Pbenchmark test-compile exec:exec -Djmh=StepBenchmark}. Two
 * forks, because the compiler may inline differently from one JVM to the next; a fixed small heap, because nothing is
 * allocated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xms256m", "-Xmx256m"})
public class StepBenchmark {

    @Param({"scalar", "vector", "ojalgo"})
    public String kernel;

    /** Symbols of the vocabulary -> units of the layer. */
    @Param({"28->64", "100->128", "1000->256", "1000->512"})
    public String shape;

    private Step step;

    @Setup
    public void prepare() {
        step = new Step(Kernels.named(kernel), shape);
        Step expected = new Step(Kernels.named("scalar"), shape);
        for (int t = 0; t < 20; t++) {
            float[] h = step.next();
            float[] expectedH = expected.next();
            for (int unit = 0; unit < h.length; unit++) {
                if (!(Math.abs(h[unit] - expectedH[unit]) < 1e-5)) {
                    throw new IllegalStateException(
                            "step %d, unit %d: %s instead of %s".formatted(t, unit, h[unit], expectedH[unit]));
                }
            }
        }
    }

    @Benchmark
    public float[] step() {
        return step.next();
    }

    /** A layer with random weights and the state of one sequence. */
    private static final class Step {

        private final Kernel kernel;
        private final Matrix recurrent; // [4 * units][units]
        private final float[] table; // [symbols][4 * units]: bias + the symbol's column of the input weights
        private final float[] z; // [i, f, g, o][units]
        private final float[] gates; // [i, f, g, o][units]
        private final float[] c;
        private final float[] h;
        private final int symbols;
        private int symbol;

        Step(Kernel kernel, String shape) {
            this.kernel = kernel;
            int arrow = shape.indexOf("->");
            symbols = Integer.parseInt(shape.substring(0, arrow));
            int units = Integer.parseInt(shape.substring(arrow + 2));
            Random random = new Random(1);
            float range = (float) (1 / Math.sqrt(units));
            recurrent = kernel.matrix(4 * units, units, uniform(random, 4 * units * units, range));
            table = uniform(random, symbols * 4 * units, range);
            z = new float[4 * units];
            gates = new float[4 * units];
            c = new float[units];
            h = new float[units];
        }

        float[] next() {
            symbol = (symbol + 7) % symbols;
            recurrent.multiply(h, table, symbol * gates.length, z);
            kernel.lstm(z, gates, c, h);
            return h;
        }

        private static float[] uniform(Random random, int length, float range) {
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = random.nextFloat(-range, range);
            }
            return values;
        }
    }
}
