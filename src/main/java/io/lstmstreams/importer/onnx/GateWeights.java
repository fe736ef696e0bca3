package io.lstmstreams.importer.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins the weights of gates that are written out one by one to the weights of a layer. */
final class GateWeights {
    private final Map<List<Weights>, Weights> joined = new HashMap<>();

    /** Returns the parameters of gates that read an input and a state, with our names. */
    Map<String, Weights> of(List<Gate> gates, Expression x, Expression h) {
        Map<String, Weights> weights = new LinkedHashMap<>();
        weights.put(
                "weight_ih",
                joined(gates.stream().map(gate -> gate.product(x).weight()).toList()));
        weights.put(
                "weight_hh",
                joined(gates.stream().map(gate -> gate.product(h).weight()).toList()));
        List<Weights> inputBiases = gates.stream().map(gate -> biasOf(gate, x)).toList();
        List<Weights> stateBiases =
                gates.stream().map(gate -> gate.product(h).bias()).toList();
        putBias(weights, "bias_ih", inputBiases, gates);
        putBias(weights, "bias_hh", stateBiases, gates);
        return weights;
    }

    /** Returns the sum of the input product's bias and the gate's constant, or null if both are missing. */
    private static @Nullable Weights biasOf(Gate gate, Expression x) {
        Weights bias = gate.product(x).bias();
        if (gate.constant() == null) {
            return bias;
        }
        return bias == null ? gate.constant() : bias.plus(gate.constant());
    }

    private void putBias(Map<String, Weights> weights, String name, List<Weights> biases, List<Gate> gates) {
        if (biases.stream().allMatch(bias -> bias == null)) {
            return;
        }
        List<Weights> parts = new ArrayList<>();
        for (int i = 0; i < biases.size(); i++) {
            parts.add(biases.get(i) == null ? Weights.filled(gates.get(i).units(), 0) : biases.get(i));
        }
        weights.put(name, joined(parts));
    }

    /** Stacks weights along their rows; all steps share the copy. */
    private Weights joined(List<Weights> parts) {
        return parts.size() == 1 ? parts.get(0) : joined.computeIfAbsent(parts, GateWeights::copied);
    }

    private static Weights copied(List<Weights> parts) {
        int length = parts.stream().mapToInt(part -> part.values().length).sum();
        float[] values = new float[length];
        int at = 0;
        for (Weights part : parts) {
            System.arraycopy(part.values(), 0, values, at, part.values().length);
            at += part.values().length;
        }
        Weights first = parts.get(0);
        return first.columns() == 0
                ? Weights.vector(first.name(), values)
                : Weights.matrix(first.name(), length / first.columns(), first.columns(), values);
    }
}
