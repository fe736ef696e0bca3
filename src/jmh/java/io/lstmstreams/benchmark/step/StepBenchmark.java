package io.lstmstreams.benchmark.step;

import io.lstmstreams.benchmark.model.NetworkShape;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A benchmark of one step of an LSTM with one-hot input, without a head. If several sequences advance together, the
 * result is the time of each. Every step starts from the state of the last step, as in a stream, so the steps of one
 * sequence cannot overlap. Each implementation is checked against our scalar kernel before it is measured.
 *
 * <p>The peer takes the event as a vector, as an LSTM node of ONNX does. {@link StepTable} runs all benchmarks and
 * prints them side by side. The heap is small and fixed, because our code allocates nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xms1g", "-Xmx1g"})
public class StepBenchmark {
    private static final int CHECKED_STEPS = 20;
    private static final float TOLERANCE = 1e-5f;

    /** The network, which all implementations share. */
    @State(Scope.Thread)
    public abstract static class Shape {
        @Param({"28->2x64", "100->128", "1000->256", "1000->512", "1000->1024"})
        public String shape;

        Sequences sequences;

        final Network network() {
            return NetworkShape.parse(shape).network();
        }

        /** Advances the sequences and their reference implementation, and checks that both agree. */
        final void check(int count, Sequences checked, Network network) {
            sequences = checked;
            PackedNetwork oracle = PackedNetwork.of(network, Kernels.named("scalar"));
            Sequences[] expected = new Sequences[count];
            for (int s = 0; s < count; s++) {
                expected[s] = new OurSequences(oracle, s, 1);
            }
            for (int t = 0; t < CHECKED_STEPS; t++) {
                checked.step();
                for (int s = 0; s < count; s++) {
                    expected[s].step();
                    check(t, s, checked.h(s), expected[s].h(0));
                }
            }
        }

        private static void check(int t, int sequence, float[] h, float[] expected) {
            for (int unit = 0; unit < expected.length; unit++) {
                if (!(Math.abs(h[unit] - expected[unit]) < TOLERANCE)) {
                    throw new IllegalStateException("step %d, sequence %d, unit %d: %s instead of %s"
                            .formatted(t, sequence, unit, h[unit], expected[unit]));
                }
            }
        }
    }

    /** One of our kernels. */
    @State(Scope.Thread)
    public abstract static class Ours extends Shape {
        @Param({"scalar", "portable", "vector", "ojalgo"})
        public String kernel;

        final PackedNetwork packed() {
            return PackedNetwork.of(network(), Kernels.named(kernel));
        }
    }

    /** Our kernel with one sequence at a time. */
    public static class One extends Ours {
        @Setup
        public void prepare() {
            check(1, new OurSequences(packed(), 0, 1), network());
        }
    }

    /** Our kernel with eight sequences at a time. */
    public static class Eight extends Ours {
        @Setup
        public void prepare() {
            check(8, new OurSequences(packed(), 0, 8), network());
        }
    }

    /** Our kernel with sixteen sequences at a time. */
    public static class Sixteen extends Ours {
        @Setup
        public void prepare() {
            check(16, new OurSequences(packed(), 0, 16), network());
        }
    }

    /** The peer with one sequence at a time. */
    public static class PeerOne extends Shape {
        @Setup
        public void prepare() {
            check(1, new PeerBatch(network(), 1), network());
        }
    }

    /** The peer with one sequence at a time, with arrays. */
    public static class PeerWithArrays extends Shape {
        @Setup
        public void prepare() {
            check(1, new PeerArrays(network()), network());
        }
    }

    /** The peer with sixteen sequences at a time. */
    public static class PeerSixteen extends Shape {
        @Setup
        public void prepare() {
            check(16, new PeerBatch(network(), 16), network());
        }
    }

    @Benchmark
    public Object one(One state) {
        state.sequences.step();
        return state.sequences;
    }

    @Benchmark
    @OperationsPerInvocation(8)
    public Object eight(Eight state) {
        state.sequences.step();
        return state.sequences;
    }

    @Benchmark
    @OperationsPerInvocation(16)
    public Object sixteen(Sixteen state) {
        state.sequences.step();
        return state.sequences;
    }

    @Benchmark
    public Object peer(PeerOne state) {
        state.sequences.step();
        return state.sequences;
    }

    @Benchmark
    public Object peerWithArrays(PeerWithArrays state) {
        state.sequences.step();
        return state.sequences;
    }

    @Benchmark
    @OperationsPerInvocation(16)
    public Object peerSixteen(PeerSixteen state) {
        state.sequences.step();
        return state.sequences;
    }
}
