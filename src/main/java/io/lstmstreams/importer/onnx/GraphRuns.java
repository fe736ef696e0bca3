package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Value.Signal;
import io.lstmstreams.importer.onnx.run.GraphRunner;
import io.lstmstreams.importer.onnx.run.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Runs of a graph as its user would run it. A graph of one step gets its state outputs back as state inputs. A graph of
 * a sequence runs once over all steps, or in two parts if it has states to hand over.
 */
final class GraphRuns {
    private static final int CHUNKS = 2; // of a sequence whose states are inputs and outputs

    private final String file;
    private final GraphRunner runner;
    private final ModelInputs inputs;
    private final List<GraphInput> declared;
    private final TimeAndStates roles;
    private final Map<String, Signal> heads;
    private Map<String, String> successors = Map.of();

    /**
     * Prepares runs.
     *
     * @param declared all inputs of the graph
     * @param inputs the inputs that are parts of x
     * @param heads the outputs that became heads
     */
    GraphRuns(
            String file,
            GraphRunner runner,
            List<GraphInput> declared,
            ModelInputs inputs,
            TimeAndStates roles,
            Map<String, Signal> heads) {
        this.file = file;
        this.runner = runner;
        this.declared = declared;
        this.inputs = inputs;
        this.roles = roles;
        this.heads = heads;
    }

    /** Returns the inputs that are states. */
    List<String> states() {
        return declared.stream()
                .filter(input -> !inputs.all().contains(input) && !roles.isLengths(input) && input.isState())
                .map(GraphInput::name)
                .toList();
    }

    /** Returns the state output by the state input that it replaced in the last run. */
    Map<String, String> successors() {
        return successors;
    }

    /** Returns the number of steps for a comparison: at least {@code usual}, unless the graph fixes another number. */
    long steps(int usual) {
        if (!roles.isSequence()) {
            return states().isEmpty() ? 1 : usual; // without states, each step starts from the zero state
        }
        return roles.steps() < 0 ? usual : states().isEmpty() ? roles.steps() : CHUNKS * roles.steps();
    }

    /**
     * Returns the heads' outputs of each step; a head that the graph computes for the last step only has no others.
     *
     * @param x the input vector of each step
     * @param rounds true to round to half precision where the graph does
     */
    List<Map<String, NdArray>> run(float[][] x, boolean rounds) {
        int chunks = !roles.isSequence() ? x.length : states().isEmpty() ? 1 : CHUNKS;
        int length = x.length / chunks;
        Map<String, NdArray> fed = new HashMap<>();
        declared.forEach(input -> fed.put(input.name(), array(input, Arrays.copyOf(x, length))));
        List<Map<String, NdArray>> bySteps = new ArrayList<>();
        for (int chunk = 0; chunk < chunks; chunk++) {
            float[][] part = Arrays.copyOfRange(x, chunk * length, (chunk + 1) * length);
            inputs.all().forEach(input -> fed.put(input.name(), array(input, part)));
            Map<String, NdArray> outputs = runner.run(fed, rounds);
            if (chunk == 0) {
                boolean amongHeads = !roles.isSequence();
                successors = new StatePairs(file, fed, outputs, states(), heads.keySet(), amongHeads).successors();
            }
            if (chunk == 0 && roles.isSequence() && successors.isEmpty() && chunks > 1) {
                return whole(x, fed, rounds); // the graph does not return its states
            }
            successors.forEach((state, output) -> fed.put(state, outputs.get(output)));
            bySteps.addAll(bySteps(outputs, length));
        }
        return bySteps;
    }

    private List<Map<String, NdArray>> whole(float[][] x, Map<String, NdArray> fed, boolean rounds) {
        int length = roles.steps() < 0 ? x.length : (int) roles.steps();
        float[][] part = Arrays.copyOf(x, length);
        inputs.all().forEach(input -> fed.put(input.name(), array(input, part)));
        declared.stream().filter(roles::isLengths).forEach(input -> fed.put(input.name(), array(input, part)));
        return bySteps(runner.run(fed, rounds), length);
    }

    private List<Map<String, NdArray>> bySteps(Map<String, NdArray> outputs, int length) {
        List<Map<String, NdArray>> bySteps = new ArrayList<>();
        for (int step = 0; step < length; step++) {
            bySteps.add(new LinkedHashMap<>());
        }
        heads.forEach((name, signal) -> {
            NdArray output = outputs.get(name);
            int time = timeOf(signal);
            if (output == null) {
                throw new IllegalArgumentException("no node computes the output " + name);
            }
            if (time < 0) {
                bySteps.get(length - 1).put(name, output);
            } else {
                for (int step = 0; step < length; step++) {
                    bySteps.get(step).put(name, output.sliced(time, step, 1, 1));
                }
            }
        });
        return bySteps;
    }

    private int timeOf(Signal signal) {
        return IntStream.range(0, signal.axes().size())
                .filter(i -> signal.axes().get(i).stream().anyMatch(roles::isTime))
                .findFirst()
                .orElse(-1);
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
}
