package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.Expression.Dense;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins the weights of gates that are written out one by one to the weights of a layer. */
final class GateWeights {
    private final Map<List<Weights>, Weights> joined = new HashMap<>();
    private final Map<List<Weights>, Weights> sideBySide = new HashMap<>();

    /**
     * Returns the parameters of gates that read inputs and a state, with our names.
     *
     * @param inputs the vectors whose concatenation is the layer's input
     */
    Map<String, Weights> of(List<Gate> gates, List<Expression> inputs, Expression h) {
        Map<String, Weights> weights = new LinkedHashMap<>();
        weights.put(
                "weight_ih",
                joined(gates.stream().map(gate -> columns(gate, inputs)).toList()));
        weights.put(
                "weight_hh",
                joined(gates.stream().map(gate -> columns(gate, List.of(h))).toList()));
        putBias(
                weights,
                "bias_ih",
                gates.stream().map(gate -> biasOf(gate, inputs)).toList(),
                gates);
        putBias(
                weights,
                "bias_hh",
                gates.stream().map(gate -> gate.product(h).bias()).toList(),
                gates);
        return weights;
    }

    /** Returns a gate's weights of some vectors side by side; zeros for a vector that the gate does not read. */
    private Weights columns(Gate gate, List<Expression> sources) {
        List<Weights> parts = new ArrayList<>();
        for (Expression source : sources) {
            Dense dense = gate.products().get(source);
            int units = (int) source.units();
            parts.add(
                    dense != null
                            ? dense.weight()
                            : Weights.matrix("zeros", gate.units(), units, new float[gate.units() * units]));
        }
        return parts.size() == 1 ? parts.get(0) : sideBySide.computeIfAbsent(parts, Weights::sideBySide);
    }

    /** Returns the sum of the input products' biases and the gate's constant, or null if all are missing. */
    private static @Nullable Weights biasOf(Gate gate, List<Expression> inputs) {
        Weights sum = gate.constant();
        for (Expression input : inputs) {
            Dense dense = gate.products().get(input);
            Weights bias = dense == null ? null : dense.bias();
            sum = sum == null || bias == null ? (sum == null ? bias : sum) : bias.plus(sum);
        }
        return sum == null ? null : sum.stretched(gate.units());
    }

    private void putBias(Map<String, Weights> weights, String name, List<@Nullable Weights> biases, List<Gate> gates) {
        if (biases.stream().allMatch(bias -> bias == null)) {
            return;
        }
        List<Weights> parts = new ArrayList<>();
        for (int i = 0; i < biases.size(); i++) {
            Weights bias = biases.get(i);
            parts.add(bias == null ? Weights.filled(gates.get(i).units(), 0) : bias);
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
