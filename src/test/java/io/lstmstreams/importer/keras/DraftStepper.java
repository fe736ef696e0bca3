package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** Runs a draft in double precision, in plain and slow code. Not thread-safe. */
final class DraftStepper {
    private final CompleteDraft draft;
    private final Map<Integer, double[]> h = new LinkedHashMap<>();
    private final Map<Integer, double[]> c = new LinkedHashMap<>();

    DraftStepper(CompleteDraft draft) {
        this.draft = draft;
    }

    Map<String, double[]> step(double[] event) {
        List<double[]> outputs = new ArrayList<>();
        JsonNode maskValue = draft.spec().path("execution").path("maskValue");
        boolean masked = !maskValue.isMissingNode() && Arrays.stream(event).allMatch(v -> v == maskValue.doubleValue());
        double[] x = masked ? new double[event.length] : event;
        for (int i = 0; i < draft.layers().size(); i++) {
            JsonNode spec = draft.spec().path("layers").path(i);
            List<double[]> from = new ArrayList<>();
            if (spec.has("from")) {
                spec.path("from").forEach(position -> from.add(at(outputs, x, position.intValue())));
            } else {
                from.add(at(outputs, x, i - 1));
            }
            masked |= spec.path("maskZero").asBoolean() && x[spec.path("offset").asInt(0)] == 1;
            double[] before = h.get(i);
            double[] cellBefore = c.get(i);
            double[] result = layer(i, spec, draft.layers().get(i), from);
            if (masked && h.containsKey(i)) {
                h.put(i, before == null ? new double[result.length] : before);
                c.put(i, cellBefore);
                result = h.get(i);
            }
            outputs.add(result);
        }
        Map<String, double[]> heads = new LinkedHashMap<>();
        for (int i = 0; i < draft.heads().size(); i++) {
            JsonNode spec = draft.spec().path("heads").path(i);
            double[] from = at(outputs, x, spec.path("from").asInt(outputs.size() - 1));
            Map<String, Tensor> parameters = draft.heads().get(i);
            double[] logits = parameters.containsKey("weight")
                    ? affine(parameters.get("weight"), from, parameters.get("bias"))
                    : from;
            heads.put(spec.path("name").asText(), activated(spec.path("activation"), logits));
        }
        return heads;
    }

    private static double[] at(List<double[]> outputs, double[] x, int position) {
        return position < 0 ? x : outputs.get(position);
    }

    private double[] layer(int i, JsonNode spec, Map<String, Tensor> p, List<double[]> from) {
        double[] x = from.get(0);
        JsonNode activation = spec.path("activation");
        return switch (spec.path("cell").asText()) {
            case "lstm" -> lstm(i, spec, p, x);
            case "gru" -> gru(i, spec, p, x);
            case "rnn" -> {
                int units = spec.path("units").asInt();
                double[] state = h.getOrDefault(i, new double[units]);
                double[] a = affine(p.get("weight_ih"), x, p.get("bias_ih"));
                double[] b = affine(p.get("weight_hh"), state, p.get("bias_hh"));
                h.put(i, activated(activation, of(units, u -> a[u] + b[u])));
                yield h.get(i);
            }
            case "embedding" -> {
                Tensor weight = p.get("weight");
                int size = (int) weight.shape()[1];
                int offset = spec.path("offset").asInt(0);
                yield of(size, d -> {
                    double sum = 0;
                    for (int row = 0; row < weight.shape()[0]; row++) {
                        sum += x[offset + row] * weight.values()[row * size + d];
                    }
                    return sum;
                });
            }
            case "dense" -> activated(activation, affine(p.get("weight"), x, p.get("bias")));
            case "batch_norm" ->
                normalised(
                        x,
                        p,
                        spec,
                        d -> p.get("running_mean").values()[d],
                        d -> p.get("running_var").values()[d]);
            case "layer_norm" -> {
                double mean = Arrays.stream(x).average().orElseThrow();
                double variance = Arrays.stream(x)
                        .map(v -> (v - mean) * (v - mean))
                        .average()
                        .orElseThrow();
                yield normalised(x, p, spec, d -> mean, d -> variance);
            }
            case "activation" -> activated(activation, x);
            case "add" -> of(x.length, d -> from.stream().mapToDouble(v -> v[d]).sum());
            case "multiply" ->
                of(x.length, d -> from.stream().mapToDouble(v -> v[d]).reduce(1, (a, b) -> a * b));
            case "concat" -> from.stream().flatMapToDouble(Arrays::stream).toArray();
            case "slice" -> {
                int offset = spec.path("offset").asInt();
                yield Arrays.copyOfRange(x, offset, offset + spec.path("units").asInt());
            }
            default -> throw new AssertionError(spec);
        };
    }

    private double[] lstm(int i, JsonNode spec, Map<String, Tensor> p, double[] x) {
        int n = spec.path("units").asInt();
        double[] a = affine(p.get("weight_ih"), x, p.get("bias_ih"));
        double[] b = affine(p.get("weight_hh"), h.getOrDefault(i, new double[n]), p.get("bias_hh"));
        double[] cell = c.get(i) == null ? new double[n] : c.get(i);
        JsonNode gate = spec.has("recurrentActivation") ? spec.path("recurrentActivation") : new TextNode("sigmoid");
        double[] in = activated(gate, of(n, u -> a[u] + b[u]));
        double[] forget = activated(gate, of(n, u -> a[n + u] + b[n + u]));
        double[] candidate = activated(spec.path("activation"), of(n, u -> a[2 * n + u] + b[2 * n + u]));
        double[] out = activated(gate, of(n, u -> a[3 * n + u] + b[3 * n + u]));
        double[] next = of(n, u -> forget[u] * cell[u] + in[u] * candidate[u]);
        double[] bent = activated(spec.path("activation"), next);
        c.put(i, next);
        h.put(i, of(n, u -> out[u] * bent[u]));
        return h.get(i);
    }

    private double[] gru(int i, JsonNode spec, Map<String, Tensor> p, double[] x) {
        int n = spec.path("units").asInt();
        double[] state = h.getOrDefault(i, new double[n]);
        double[] a = affine(p.get("weight_ih"), x, p.get("bias_ih"));
        double[] b = affine(p.get("weight_hh"), state, p.get("bias_hh"));
        JsonNode gate = spec.has("recurrentActivation") ? spec.path("recurrentActivation") : new TextNode("sigmoid");
        double[] reset = activated(gate, of(n, u -> a[u] + b[u]));
        double[] update = activated(gate, of(n, u -> a[n + u] + b[n + u]));
        double[] before = affine(p.get("weight_hh"), of(n, u -> reset[u] * state[u]), p.get("bias_hh"));
        boolean after = spec.path("resetAfter").asBoolean(true);
        double[] candidate = activated(
                spec.path("activation"),
                of(n, u -> a[2 * n + u] + (after ? reset[u] * b[2 * n + u] : before[2 * n + u])));
        h.put(i, of(n, u -> (1 - update[u]) * candidate[u] + update[u] * state[u]));
        return h.get(i);
    }

    private static double[] normalised(
            double[] x, Map<String, Tensor> p, JsonNode spec, IntToDoubleFunction mean, IntToDoubleFunction variance) {
        double epsilon = spec.path("epsilon").doubleValue();
        return of(
                x.length,
                d -> (x[d] - mean.applyAsDouble(d))
                                / Math.sqrt(variance.applyAsDouble(d) + epsilon)
                                * (p.containsKey("weight") ? p.get("weight").values()[d] : 1)
                        + (p.containsKey("bias") ? p.get("bias").values()[d] : 0));
    }

    private static double[] affine(Tensor weight, double[] x, Tensor bias) {
        int columns = (int) weight.shape()[1];
        if (columns != x.length) {
            throw new AssertionError(weight.name() + " of shape " + weight.shapeText() + " reads " + x.length);
        }
        return of((int) weight.shape()[0], row -> {
            double sum = bias == null ? 0 : bias.values()[row];
            for (int column = 0; column < columns; column++) {
                sum += weight.values()[row * columns + column] * x[column];
            }
            return sum;
        });
    }

    private static double[] activated(JsonNode activation, double[] x) {
        String name = activation.isTextual()
                ? activation.asText()
                : activation.path("name").asText();
        if (name.equals("softmax")) {
            double sum = Arrays.stream(x).map(Math::exp).sum();
            return of(x.length, d -> Math.exp(x[d]) / sum);
        }
        return of(x.length, d -> switch (name) {
            case "linear" -> x[d];
            case "", "tanh" -> Math.tanh(x[d]);
            case "sigmoid" -> 1 / (1 + Math.exp(-x[d]));
            case "relu" -> Math.max(0, x[d]);
            case "elu" -> x[d] > 0 ? x[d] : Math.expm1(x[d]);
            case "softsign" -> x[d] / (1 + Math.abs(x[d]));
            case "leaky_relu" -> x[d] > 0 ? x[d] : activation.path("alpha").doubleValue() * x[d];
            case "hard_sigmoid" ->
                Math.max(
                        0,
                        Math.min(
                                1,
                                activation.path("alpha").asDouble(0.2) * x[d]
                                        + activation.path("beta").asDouble(0.5)));
            default -> throw new AssertionError(name);
        });
    }

    private static double[] of(int length, IntToDoubleFunction value) {
        double[] result = new double[length];
        Arrays.setAll(result, value);
        return result;
    }
}
