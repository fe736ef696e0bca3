package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.Inference;
import io.lstmstreams.importer.onnx.Value.Signal;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Compares a draft with the graph that it was translated from: both run several steps on the same random inputs. The graph is
 * run as it stands and as its user would run it: a graph of one step gets its state outputs back as state inputs, a graph of a
 * sequence runs once over all steps.
 */
final class GraphCheck {
    private static final int STEPS = 4; // if the graph does not fix the number
    private static final double TOLERANCE = 2e-5; // of the larger of 1 and the value: the model computes in float32
    private static final int MOST_STEPS = 1_000;
    private static final long MOST_VALUES = 1L << 25; // of weights and inputs: doubles of 256 MiB
    private static final long MOST_PRODUCTS = 1L << 29; // of a weight and a number: about two seconds
    private static final long SEED = 20; // any; the same inputs in every run

    private final String file;
    private final GraphRunner runner;
    private final ModelInputs inputs;
    private final List<GraphInput> declared;
    private final TimeAndStates roles;
    private final Map<String, Signal> heads;

    /**
     * Prepares a comparison.
     *
     * @param interpreter has the graph and all of its inputs
     * @param inputs the inputs that are parts of x
     * @param heads the outputs that became heads
     */
    GraphCheck(
            String file, Interpreter interpreter, ModelInputs inputs, TimeAndStates roles, Map<String, Signal> heads) {
        this.file = file;
        this.runner = interpreter.runner();
        this.declared = interpreter.inputs();
        this.inputs = inputs;
        this.roles = roles;
        this.heads = heads;
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
        long steps = steps();
        long values = runner.weights() + Math.max(1, inputs.length()) * steps;
        if (steps > MOST_STEPS || values > MOST_VALUES || values * steps > MOST_PRODUCTS) {
            draft.note("the import was not compared with the graph, because it has " + values
                    + " weights and inputs and " + steps + " steps");
            return;
        }
        Network network = network(draft);
        float[][] x = randomInputs((int) steps);
        try {
            List<Map<String, NdArray>> expected = roles.isSequence() ? sequence(x) : oneByOne(x);
            compare(network, x, expected);
        } catch (IllegalArgumentException e) {
            draft.note("the import was not compared with the graph: " + e.getMessage());
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

    private long steps() {
        if (!roles.isSequence()) {
            return states().isEmpty() ? 1 : STEPS; // without states, the graph has no place for any but the zero state
        }
        return roles.steps() < 0 ? STEPS : roles.steps();
    }

    /** Returns x of each step: a one-hot vector for an index, and normally distributed numbers. */
    private float[][] randomInputs(int steps) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[][] x = new float[steps][(int) inputs.length()];
        for (float[] step : x) {
            for (GraphInput input : inputs.all()) {
                int offset = (int) inputs.offset(input);
                if (input.symbols() > 0) {
                    step[offset + random.nextInt((int) input.symbols())] = 1;
                } else {
                    for (int i = 0; i < inputs.length(input); i++) {
                        step[offset + i] = (float) random.nextGaussian();
                    }
                }
            }
        }
        return x;
    }

    /** Runs the graph once over all steps and returns the heads' outputs of each step; empty maps for steps without any. */
    private List<Map<String, NdArray>> sequence(float[][] x) {
        Map<String, NdArray> fed = new HashMap<>();
        for (GraphInput input : declared) {
            fed.put(input.name(), array(input, x));
        }
        Map<String, NdArray> outputs = runner.run(fed);
        List<Map<String, NdArray>> bySteps = new ArrayList<>();
        for (int step = 0; step < x.length; step++) {
            bySteps.add(new LinkedHashMap<>());
        }
        heads.forEach((name, signal) -> {
            NdArray output = outputs.get(name);
            int time = timeOf(signal);
            if (output == null) {
                throw new IllegalArgumentException("no node computes the output " + name);
            }
            if (time < 0) {
                bySteps.get(x.length - 1).put(name, output);
            } else {
                for (int step = 0; step < x.length; step++) {
                    bySteps.get(step).put(name, output.sliced(time, step, 1, 1));
                }
            }
        });
        return bySteps;
    }

    private int timeOf(Signal signal) {
        for (int i = 0; i < signal.axes().size(); i++) {
            if (signal.axes().get(i).stream().anyMatch(roles::isTime)) {
                return i;
            }
        }
        return -1;
    }

    /** Runs the graph step by step, with the state outputs of a step as state inputs of the next. */
    private List<Map<String, NdArray>> oneByOne(float[][] x) {
        Map<String, NdArray> fed = new HashMap<>();
        declared.forEach(input -> fed.put(input.name(), array(input, x[0])));
        Map<String, String> successors = null;
        List<Map<String, NdArray>> bySteps = new ArrayList<>();
        for (float[] step : x) {
            inputs.all().forEach(input -> fed.put(input.name(), array(input, step)));
            Map<String, NdArray> outputs = runner.run(fed);
            if (successors == null) {
                successors = new StatePairs(file, fed, outputs, states(), heads.keySet()).successors();
            }
            successors.forEach((state, output) -> fed.put(state, outputs.get(output)));
            Map<String, NdArray> ofHeads = new LinkedHashMap<>();
            heads.keySet().forEach(name -> ofHeads.put(name, outputs.get(name)));
            bySteps.add(ofHeads);
        }
        return bySteps;
    }

    private List<String> states() {
        return declared.stream()
                .filter(input -> !inputs.all().contains(input))
                .map(GraphInput::name)
                .toList();
    }

    /** Returns the value of an input: its part of x at each step, the number of steps, or zeros for a state. */
    private NdArray array(GraphInput input, float[]... x) {
        int time = timeOf(input);
        int feature = input.axes().indexOf(input.feature());
        int[] shape = new int[input.axes().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            long size = axis == feature && input.units() > 0
                    ? input.units()
                    : input.axes().get(axis).size();
            shape[axis] = axis == time ? x.length : size < 0 ? 1 : (int) Math.min(Integer.MAX_VALUE, size);
        }
        NdArray zeros = new NdArray(input.type(), shape, new double[NdArray.size(shape)]);
        if (roles.isLengths(input)) {
            return zeros.map(zero -> x.length);
        }
        if (!inputs.all().contains(input)) {
            return zeros;
        }
        double[] values = new double[zeros.size()];
        int offset = (int) inputs.offset(input);
        int stepLength = time < 0 ? values.length : zeros.after(time);
        int featureLength = feature < 0 ? values.length : zeros.after(feature);
        for (int i = 0; i < values.length; i++) {
            float[] step = x[i / stepLength % x.length];
            int place = feature < 0 ? 0 : i / featureLength % shape[feature];
            values[i] = input.symbols() > 0 ? indexOfOne(step, offset) : step[offset + place];
        }
        return new NdArray(input.type(), shape, values);
    }

    /** Returns the dimension of an input that is time, or -1. A second part of x has it where another part does. */
    private int timeOf(GraphInput input) {
        int own = ownTimeOf(input);
        if (own >= 0 || !inputs.all().contains(input)) {
            return own;
        }
        return inputs.all().stream()
                .mapToInt(this::ownTimeOf)
                .filter(dimension -> dimension >= 0 && dimension < input.axes().size())
                .findFirst()
                .orElse(-1);
    }

    private int ownTimeOf(GraphInput input) {
        return IntStream.range(0, input.axes().size())
                .filter(dimension -> roles.isTime(input.axes().get(dimension)))
                .findFirst()
                .orElse(-1);
    }

    private static int indexOfOne(float[] x, int offset) {
        int index = 0;
        while (x[offset + index] != 1) {
            index++;
        }
        return index;
    }

    private void compare(Network network, float[][] x, List<Map<String, NdArray>> expected) {
        Stepper stepper = PackedNetwork.of(network, Kernels.named("scalar")).stepper();
        SequenceState state = new SequenceState(network);
        for (int step = 0; step < x.length; step++) {
            stepper.step(SparseInput.dense(x[step]), state);
            for (int head = 0; head < network.heads().size(); head++) {
                String name = network.heads().get(head).name();
                NdArray output = expected.get(step).get(name);
                if (output != null) {
                    compare(name, step + 1, output, stepper.output(0, head));
                }
            }
        }
    }

    private void compare(String name, int step, NdArray expected, float... got) {
        if (expected.size() < got.length) {
            throw new IllegalArgumentException(
                    "its output " + name + " has " + expected.size() + " values instead of " + got.length);
        }
        for (int i = 0; i < got.length; i++) {
            double value = expected.value(i);
            double difference = Math.abs(value - got[i]) / Math.max(1, Math.abs(value));
            if (!(difference <= TOLERANCE)) {
                throw new Unsupported(
                        file,
                        "its output " + name + " at step " + step + " differs by " + (float) difference
                                + " from the layers that were recognised in the graph, so that it computes something else,"
                                + " such as a state other than its cells' own");
            }
        }
    }
}
