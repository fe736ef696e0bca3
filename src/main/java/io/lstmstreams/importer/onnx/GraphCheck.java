package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.run.GraphRunner;
import io.lstmstreams.importer.onnx.run.NdArray;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.Stepper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares a draft with the graph that it was translated from: both run several steps on the same random inputs. The
 * graph is run as it stands and as its user would run it.
 */
final class GraphCheck {
    private static final int[] TRIED_STEPS = {10, 1, 2, 3, 4, 5, 6, 7, 8, 9}; // unless the graph states their number
    private static final double TOLERANCE = 2e-5; // of the larger of 1 and the largest value so far, for float32
    private static final double LARGE = 1e6;
    private static final int MOST_STEPS = 1_000;
    private static final long MOST_VALUES = 1L << 25; // of weights and inputs: doubles of 256 MiB
    private static final long MOST_PRODUCTS = 1L << 29; // of a weight and a number: about two seconds
    private static final long SEED = 20; // any; the same inputs in every run
    private static final float[] SCALES = {1, 3, 0.3f}; // of the steps' inputs, so that functions saturate as well

    private final String file;
    private final GraphRunner runner;
    private final GraphRuns runs;
    private final ModelInputs inputs;
    private final StateOutputs stateOutputs;

    /**
     * Prepares a comparison.
     *
     * @param inputs the inputs that are parts of x
     * @param stateOutputs the outputs that replace states
     */
    GraphCheck(String file, GraphRunner runner, GraphRuns runs, ModelInputs inputs, StateOutputs stateOutputs) {
        this.file = file;
        this.runner = runner;
        this.runs = runs;
        this.inputs = inputs;
        this.stateOutputs = stateOutputs;
    }

    /**
     * Compares the draft with the graph.
     *
     * @throws Unsupported if an output differs, with its name, the step and the difference
     */
    void check(Draft draft) {
        String missing = runner.missingOperator();
        if (missing != null) {
            draft.note("the import was not compared with the graph, because the operator " + missing + " is not run");
            return;
        }
        Network network = network(draft);
        String failure = "";
        IntStream tried = IntStream.concat(IntStream.of(TRIED_STEPS), runner.outputSizes());
        for (int usual : tried.toArray()) {
            try {
                check(draft, network, runs.steps(usual));
                return;
            } catch (IllegalArgumentException e) {
                failure = failure.isEmpty() ? String.valueOf(e.getMessage()) : failure;
            }
        }
        draft.note("the import was not compared with the graph: " + failure);
    }

    private void check(Draft draft, Network network, long steps) {
        long values = runner.weights() + Math.max(1, inputs.length()) * steps;
        if (steps > MOST_STEPS || values > MOST_VALUES || values * steps > MOST_PRODUCTS) {
            draft.note("the import was not compared with the graph, because it has " + values
                    + " weights and inputs and " + steps + " steps");
            return;
        }
        float[][] x = randomInputs((int) steps);
        List<Map<String, NdArray>> expected = runs.run(x, false);
        List<float[][]> got = outputs(network, x);
        Difference exact = difference(network, got, expected);
        if (!(exact.size() <= tolerance(exact.step()))) {
            throw new Unsupported(file, reason(exact));
        }
        String mismatch = mismatch(network);
        if (mismatch != null) {
            throw new Unsupported(file, mismatch);
        }
        if (runner.hasHalfWeights()) {
            draft.note("the file stores weights in half precision; they are read exactly and kept in float32");
        }
        if (!runner.halfPrecision().isEmpty()) {
            Difference rounded = difference(network, got, runs.run(x, true));
            draft.note("the graph computes in " + new TreeSet<>(runner.halfPrecision())
                    + ", but lstm-streams in float32: in " + steps + " steps on random inputs, the outputs differ by"
                    + " at most " + (float) rounded.worst());
        }
    }

    /** Returns the network of the draft, which reads any vector x and carries its state. */
    private Network network(Draft draft) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.putObject("input").put("encoding", "dense");
        spec.putObject("execution").put("mode", "carry");
        return Inference.complete(draft, spec)
                .content()
                .toModel(spec, file, "graph")
                .network();
    }

    /** Returns x of each step: a one-hot vector for an index, and normally distributed numbers. */
    private float[][] randomInputs(int steps) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[][] x = new float[steps][(int) inputs.length()];
        for (int step = 0; step < steps; step++) {
            float scale = SCALES[step % SCALES.length];
            for (GraphInput input : inputs.all()) {
                int offset = (int) inputs.offset(input);
                int symbols = (int) input.symbols();
                if (symbols > 0) {
                    int index = step == 0 ? symbols - 1 : step == 1 ? 0 : random.nextInt(symbols);
                    x[step][offset + index] = 1;
                } else {
                    for (int i = 0; i < inputs.length(input); i++) {
                        x[step][offset + i] = scale * (float) random.nextGaussian();
                    }
                }
            }
        }
        return x;
    }

    /** Returns the outputs of each head at each step. */
    private static List<float[][]> outputs(Network network, float[][] x) {
        Stepper stepper = PackedNetwork.of(network, Kernels.named("scalar")).stepper();
        SequenceState state = new SequenceState(network);
        List<float[][]> outputs = new ArrayList<>();
        for (float[] step : x) {
            stepper.step(SparseInput.dense(step), state);
            float[][] heads = new float[network.heads().size()][];
            for (int head = 0; head < heads.length; head++) {
                heads[head] = stepper.output(0, head).clone();
            }
            outputs.add(heads);
        }
        return outputs;
    }

    /**
     * The first difference that is too large, or the largest one.
     *
     * @param output the output's name; empty without outputs
     * @param step the step, counted from 1
     * @param size the difference, relative to the scale
     * @param worst the largest absolute difference
     * @param scale the larger of 1 and the largest value so far
     */
    private record Difference(String output, int step, double size, double worst, double scale) {}

    private static Difference difference(Network network, List<float[][]> got, List<Map<String, NdArray>> expected) {
        Difference largest = new Difference("", 0, 0, 0, 1);
        for (int step = 0; step < expected.size(); step++) {
            for (int head = 0; head < network.heads().size(); head++) {
                String name = network.heads().get(head).name();
                NdArray output = expected.get(step).get(name);
                float[] ours = got.get(step)[head];
                if (output != null) {
                    largest = larger(largest, name, step + 1, output, ours);
                }
            }
        }
        return largest;
    }

    private static Difference larger(Difference before, String name, int step, NdArray expected, float... got) {
        if (expected.size() < got.length) {
            throw new IllegalArgumentException(
                    "its output " + name + " has " + expected.size() + " values instead of " + got.length);
        }
        Difference largest = before;
        double worst = before.worst();
        double scale = before.scale();
        for (int i = 0; i < got.length; i++) {
            double value = expected.value(i);
            if (!(Math.abs(value) < LARGE) || (step > 2 && !Float.isFinite(got[i]))) {
                continue; // the graph overflows, at least in float32, as with functions without a bound
            }
            double absolute = Math.abs(value - got[i]);
            scale = Math.max(scale, Math.abs(value));
            double size = absolute / scale;
            worst = Math.max(worst, absolute);
            boolean open = largest.size() <= tolerance(largest.step()); // otherwise the first difference was found
            if (open && !(size <= largest.size())) {
                largest = new Difference(name, step, size, worst, scale);
            }
        }
        return new Difference(largest.output(), largest.step(), largest.size(), worst, scale);
    }

    /** Returns the tolerance at a step: rounding errors of a state grow. */
    private static double tolerance(int step) {
        return TOLERANCE * Math.max(1, step / 2.0);
    }

    /** Returns a mismatch of a state output that random inputs need not show, or null. */
    private @Nullable String mismatch(Network network) {
        return runs.successors().entrySet().stream()
                .filter(pair ->
                        network.heads().stream().noneMatch(head -> head.name().equals(pair.getValue())))
                .map(pair -> stateOutputs.mismatch(pair.getKey(), pair.getValue()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private String reason(Difference found) {
        String differs = "its output " + found.output() + " at step " + found.step() + " differs by "
                + (float) found.size() + " from the layers that were recognised in the graph";
        Map<String, String> successors = runs.successors();
        List<String> lost = runs.states().stream()
                .filter(state -> !successors.containsKey(state))
                .toList();
        String mismatch = successors.entrySet().stream()
                .map(pair -> stateOutputs.mismatch(pair.getKey(), pair.getValue()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (found.step() > 1 && mismatch != null) {
            return differs + ": " + mismatch;
        }
        if (found.step() > 1 && !lost.isEmpty() && !successors.isEmpty()) {
            return differs + ": no output replaces its state " + lost.get(0)
                    + ", so the graph's user starts each step with another one; add an output for the new state";
        }
        return differs + ", so that it computes something else";
    }
}
