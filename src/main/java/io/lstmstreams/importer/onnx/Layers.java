package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.onnx.Expr.Affine;
import io.lstmstreams.importer.onnx.Expr.BatchNorm;
import io.lstmstreams.importer.onnx.Expr.Dense;
import io.lstmstreams.importer.onnx.Expr.Kind;
import io.lstmstreams.importer.onnx.Expr.LayerNorm;
import io.lstmstreams.importer.onnx.Expr.Range;
import io.lstmstreams.importer.onnx.Expr.RecurrentLayer;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the expressions of one step as layers and heads. */
final class Layers {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int X = -1;

    private final Exprs exprs;
    private final Inputs inputs;
    private final Map<Expr, Integer> readers = new HashMap<>();
    private final Map<Expr, Integer> positions = new HashMap<>();
    private final Map<GraphInput, Integer> slices = new HashMap<>();
    private final ArrayNode layerSpecs = JSON.arrayNode();
    private final List<Map<String, Tensor>> layers = new ArrayList<>();
    private final ArrayNode headSpecs = JSON.arrayNode();
    private final List<Map<String, Tensor>> heads = new ArrayList<>();
    private int recurrent;

    Layers(Exprs exprs, Inputs inputs) {
        this.exprs = exprs;
        this.inputs = inputs;
    }

    ArrayNode layerSpecs() {
        return layerSpecs;
    }

    List<Map<String, Tensor>> layers() {
        return layers;
    }

    ArrayNode headSpecs() {
        return headSpecs;
    }

    List<Map<String, Tensor>> heads() {
        return heads;
    }

    /** Returns the number of recurrent layers. */
    int recurrent() {
        return recurrent;
    }

    /** Returns whether the first layer scales or normalises x, which is common for measurements. */
    boolean scalesInput() {
        String first = layerSpecs.path(0).path("cell").asText();
        return first.equals("batch_norm") || first.equals("layer_norm");
    }

    /** Adds outputs by name, and the layers that they require. */
    void addHeads(Map<String, Expr> outputs) {
        outputs.values().forEach(this::countReaders);
        List<Integer> from = new ArrayList<>();
        outputs.forEach((name, output) -> {
            if (!activation(output).isKnown()) {
                position(output); // throws with the reason
            }
            Expr dense = output.is(Kind.ACTIVATION) ? output.below() : output;
            ObjectNode spec = JSON.objectNode().put("name", name);
            spec.set("activation", activation(output).json());
            Map<String, Tensor> parameters = Map.of();
            Expr source = dense;
            if (dense.is(Kind.DENSE)) {
                parameters = parameters(dense);
                source = dense.below();
            }
            from.add(position(source));
            headSpecs.add(spec);
            heads.add(parameters);
        });
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i) != layers.size() - 1) {
                ((ObjectNode) headSpecs.get(i)).put("from", from.get(i));
            }
        }
    }

    private static Activation activation(Expr output) {
        return output.is(Kind.ACTIVATION) ? output.data(Activation.class) : Activation.LINEAR;
    }

    private void countReaders(Expr from) {
        List<Expr> open = new ArrayList<>(List.of(from));
        readers.merge(from, 1, Integer::sum);
        while (!open.isEmpty()) {
            for (Expr part : open.remove(open.size() - 1).of()) {
                if (readers.merge(part, 1, Integer::sum) == 1) {
                    open.add(part);
                }
            }
        }
    }

    private int position(Expr expr) {
        Integer known = positions.get(expr);
        if (known == null) {
            known = added(expr);
            positions.put(expr, known);
        }
        return known;
    }

    private int added(Expr expr) {
        return switch (expr.kind()) {
            case INPUT, ONE_HOT -> input(expr);
            case DENSE -> dense(expr, Activation.LINEAR);
            case ACTIVATION -> activationLayer(expr);
            case CELL -> cell(expr);
            case ADD -> add(spec("add"), sum(expr), Map.of());
            case MULTIPLY -> add(spec("multiply"), expr.of(), Map.of());
            case CONCAT -> add(spec("concat"), expr.of(), Map.of());
            case SLICE -> {
                Range range = expr.data(Range.class);
                ObjectNode spec = spec("slice").put("offset", range.offset()).put("units", range.length());
                yield add(spec, expr.of(), Map.of());
            }
            case AFFINE -> affine(expr);
            case BATCH_NORM -> batchNorm(expr);
            case LAYER_NORM -> {
                LayerNorm norm = expr.data(LayerNorm.class);
                Map<String, Tensor> parameters = new LinkedHashMap<>();
                put(parameters, "weight", norm.weight(), expr);
                put(parameters, "bias", norm.bias(), expr);
                yield add(spec("layer_norm").put("epsilon", norm.epsilon()), expr.of(), parameters);
            }
            case EMBEDDING -> embedding(expr);
            case CONSTANT, CELL_STATE, AT, STACK, MEAN, ROOT ->
                throw new Unsupported(expr.where(), "its result is not a supported function of the input");
        };
    }

    private static ObjectNode spec(String cell) {
        return JSON.objectNode().put("cell", cell);
    }

    private int add(ObjectNode spec, List<Expr> sources, Map<String, Tensor> parameters) {
        List<Integer> from = new ArrayList<>();
        for (Expr source : sources) {
            from.add(position(source));
        }
        return addFrom(spec, from, parameters);
    }

    private int addFrom(ObjectNode spec, List<Integer> from, Map<String, Tensor> parameters) {
        int position = layers.size();
        if (from.size() != 1 || from.get(0) != position - 1) {
            ArrayNode array = spec.putArray("from");
            from.forEach(array::add);
        }
        layerSpecs.add(spec);
        layers.add(parameters);
        return position;
    }

    /** Returns the position of x, or with several inputs the position of the slice with the input's part of x. */
    private int input(Expr expr) {
        GraphInput input = (expr.is(Kind.ONE_HOT) ? expr.below() : expr).input();
        boolean isSymbol = expr.is(Kind.INPUT) && input.symbols() > 0;
        if (isSymbol || (input.units() < 0 && input.symbols() == 0)) {
            throw new Unsupported(expr.where(), "input " + input.name() + " must be a vector of known length");
        }
        if (inputs.count() == 1) {
            return X;
        }
        Integer known = slices.get(input);
        if (known == null) {
            ObjectNode spec =
                    spec("slice").put("offset", (int) inputs.offset(input)).put("units", (int) inputs.length(input));
            known = addFrom(spec, List.of(X), Map.of());
            slices.put(input, known);
        }
        return known;
    }

    private int dense(Expr expr, Activation activation) {
        ObjectNode spec = spec("dense").put("units", (int) expr.units());
        if (!activation.equals(Activation.LINEAR)) {
            spec.set("activation", activation.json());
        }
        return add(spec, expr.of(), parameters(expr));
    }

    private Map<String, Tensor> parameters(Expr expr) {
        Dense dense = expr.data(Dense.class);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", dense.weight(), expr);
        put(parameters, "bias", dense.bias(), expr);
        return parameters;
    }

    private static void put(Map<String, Tensor> parameters, String name, Weights weights, Expr expr) {
        if (weights != null) {
            checkFinite(weights, expr.where());
            parameters.put(name, weights.tensor());
        }
    }

    static void checkFinite(Weights weights, String where) {
        float[] values = weights.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(
                        where,
                        "element " + i + " of tensor " + weights.name() + " must be a finite number, but is "
                                + values[i]);
            }
        }
    }

    private int activationLayer(Expr expr) {
        Activation activation = expr.data(Activation.class);
        if (!activation.isKnown()) {
            throw new Unsupported(expr.where(), "the operator is supported only within a GELU or a softsign");
        }
        Expr below = expr.below();
        if (below.is(Kind.DENSE) && readers.get(below) == 1) {
            return dense(below, activation);
        }
        ObjectNode spec = spec("activation");
        spec.set("activation", activation.json());
        return add(spec, expr.of(), Map.of());
    }

    private int cell(Expr expr) {
        recurrent++;
        RecurrentLayer layer = expr.data(RecurrentLayer.class);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        layer.weights().forEach((name, weights) -> put(parameters, name, weights, expr));
        return add(layer.spec().deepCopy(), expr.of(), parameters);
    }

    /** Returns the terms of a sum; a constant among them is added to another term. */
    private List<Expr> sum(Expr expr) {
        List<Expr> terms = new ArrayList<>(expr.of());
        for (Expr term : expr.of()) {
            if (term.is(Kind.CONSTANT)) {
                terms.remove(term);
                terms.set(
                        0,
                        exprs.make(
                                Kind.AFFINE,
                                List.of(terms.get(0)),
                                new Affine(Weights.filled(1, 1), term.data(Weights.class)),
                                expr.units()));
            }
        }
        return terms.size() == 1 ? List.of(terms.get(0)) : terms;
    }

    /** Adds scale and shift as a batch normalisation of mean 0 and variance 1. */
    private int affine(Expr expr) {
        Affine affine = expr.data(Affine.class);
        int units = (int) expr.units();
        if (units < 1) {
            throw new Unsupported(expr.where(), "its input must have a known length");
        }
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", affine.scale().stretched(units), expr);
        put(parameters, "bias", affine.shift().stretched(units), expr);
        put(parameters, "running_mean", Weights.filled(units, 0), expr);
        put(parameters, "running_var", Weights.filled(units, 1), expr);
        return add(spec("batch_norm").put("epsilon", 0f), expr.of(), parameters);
    }

    private int batchNorm(Expr expr) {
        BatchNorm norm = expr.data(BatchNorm.class);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", norm.weight(), expr);
        put(parameters, "bias", norm.bias(), expr);
        put(parameters, "running_mean", norm.mean(), expr);
        put(parameters, "running_var", norm.variance(), expr);
        return add(spec("batch_norm").put("epsilon", norm.epsilon()), expr.of(), parameters);
    }

    private int embedding(Expr expr) {
        Weights table = expr.data(Weights.class);
        GraphInput input = expr.below().input();
        ObjectNode spec = spec("embedding").put("size", table.columns());
        if (inputs.offset(input) > 0) {
            spec.put("offset", (int) inputs.offset(input));
        }
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", table, expr);
        return addFrom(spec, List.of(X), parameters);
    }
}
