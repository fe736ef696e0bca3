package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.draft.CompleteDraft;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Runs a draft in float64 by its Javadoc and the frameworks' documentation, without the project's arithmetic. Supports
 * the layers of the fixtures only.
 */
final class DraftSteps {
    private final CompleteDraft draft;
    private final double[][] h;
    private final double[][] c;

    DraftSteps(CompleteDraft draft) {
        this.draft = draft;
        this.h = new double[draft.layers().size()][];
        this.c = new double[draft.layers().size()][];
    }

    /** Returns the heads' outputs by name after one more step. */
    Map<String, double[]> step(double... x) {
        List<double[]> outputs = new ArrayList<>();
        JsonNode layers = draft.spec().get("layers");
        for (int i = 0; i < layers.size(); i++) {
            double[] in = source(layers.get(i).get("from"), i - 1, outputs, x);
            outputs.add(layer(i, layers.get(i), draft.layers().get(i), in));
        }
        Map<String, double[]> results = new LinkedHashMap<>();
        for (int i = 0; i < draft.heads().size(); i++) {
            JsonNode head = draft.spec().get("heads").get(i);
            int from = head.path("from").asInt(outputs.size() - 1);
            double[] in = from < 0 ? x : outputs.get(from);
            Map<String, Tensor> parameters = draft.heads().get(i);
            double[] out = parameters.isEmpty() ? in : affine(parameters, "weight", "bias", in);
            results.put(head.get("name").asText(), activated(head.get("activation"), out));
        }
        return results;
    }

    double[] h(int layer) {
        return h[layer];
    }

    private static double[] source(JsonNode from, int otherwise, List<double[]> outputs, double... x) {
        int position = from == null ? otherwise : from.get(0).asInt();
        return position < 0 ? x : outputs.get(position);
    }

    private double[] layer(int i, JsonNode spec, Map<String, Tensor> parameters, double... in) {
        String cell = spec.get("cell").asText();
        int units = spec.path("units").asInt();
        if (h[i] == null) {
            h[i] = new double[units];
            c[i] = new double[units];
        }
        return switch (cell) {
            case "embedding" -> row(parameters.get("weight"), in);
            case "dense" -> activated(spec.get("activation"), affine(parameters, "weight", "bias", in));
            case "lstm" -> lstm(i, units, parameters, in);
            case "gru" -> gru(i, units, parameters, in);
            case "rnn" -> rnn(i, spec, parameters, in);
            default -> throw new IllegalArgumentException(cell);
        };
    }

    private double[] rnn(int layer, JsonNode spec, Map<String, Tensor> parameters, double... in) {
        h[layer] = activated(spec.get("activation"), sum(gates(parameters, in, h[layer])), Math::tanh);
        return h[layer];
    }

    private static double[] row(Tensor table, double... oneHot) {
        int width = (int) table.shape()[1];
        double[] row = new double[width];
        for (int i = 0; i < oneHot.length; i++) {
            for (int k = 0; k < width; k++) {
                row[k] += oneHot[i] * table.values()[i * width + k];
            }
        }
        return row;
    }

    /** Returns the products with the input and with the state. */
    private static double[][] gates(Map<String, Tensor> parameters, double[] in, double... state) {
        return new double[][] {
            affine(parameters, "weight_ih", "bias_ih", in), affine(parameters, "weight_hh", "bias_hh", state)
        };
    }

    private static double[] sum(double[]... parts) {
        double[] sum = new double[parts[0].length];
        for (double[] part : parts) {
            Arrays.setAll(sum, k -> sum[k] + part[k]);
        }
        return sum;
    }

    private double[] lstm(int layer, int units, Map<String, Tensor> parameters, double... in) {
        double[] z = sum(gates(parameters, in, h[layer]));
        double[] next = new double[units];
        for (int k = 0; k < units; k++) {
            c[layer][k] = sigmoid(z[units + k]) * c[layer][k] + sigmoid(z[k]) * Math.tanh(z[2 * units + k]);
            next[k] = sigmoid(z[3 * units + k]) * Math.tanh(c[layer][k]);
        }
        h[layer] = next;
        return next;
    }

    private double[] gru(int layer, int units, Map<String, Tensor> parameters, double... in) {
        double[][] parts = gates(parameters, in, h[layer]);
        double[] next = new double[units];
        for (int k = 0; k < units; k++) {
            double r = sigmoid(parts[0][k] + parts[1][k]);
            double z = sigmoid(parts[0][units + k] + parts[1][units + k]);
            double n = Math.tanh(parts[0][2 * units + k] + r * parts[1][2 * units + k]);
            next[k] = (1 - z) * n + z * h[layer][k];
        }
        h[layer] = next;
        return next;
    }

    private static double[] affine(Map<String, Tensor> parameters, String weight, String bias, double... x) {
        Tensor matrix = parameters.get(weight);
        double[] y = new double[(int) matrix.shape()[0]];
        for (int row = 0; row < y.length; row++) {
            y[row] = parameters.containsKey(bias) ? parameters.get(bias).values()[row] : 0;
            for (int k = 0; k < x.length; k++) {
                y[row] += matrix.values()[row * x.length + k] * x[k];
            }
        }
        return y;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] activated(JsonNode activation, double[] x, DoubleUnaryOperator otherwise) {
        return activation == null ? Arrays.stream(x).map(otherwise).toArray() : activated(activation, x);
    }

    private static double[] activated(JsonNode activation, double... x) {
        String name = activation == null ? "linear" : activation.asText();
        double total = Arrays.stream(x).map(Math::exp).sum();
        return switch (name) {
            case "linear" -> x;
            case "relu" -> Arrays.stream(x).map(value -> Math.max(0, value)).toArray();
            case "tanh" -> Arrays.stream(x).map(Math::tanh).toArray();
            case "sigmoid" -> Arrays.stream(x).map(DraftSteps::sigmoid).toArray();
            case "softmax" ->
                Arrays.stream(x).map(value -> Math.exp(value) / total).toArray();
            case "log_softmax" ->
                Arrays.stream(x).map(value -> value - Math.log(total)).toArray();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
