package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftHead;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.onnx.Expression.Affine;
import io.lstmstreams.importer.onnx.Expression.BatchNorm;
import io.lstmstreams.importer.onnx.Expression.Dense;
import io.lstmstreams.importer.onnx.Expression.Kind;
import io.lstmstreams.importer.onnx.Expression.LayerNorm;
import io.lstmstreams.importer.onnx.Expression.Range;
import io.lstmstreams.importer.onnx.Expression.RecurrentLayer;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds the expressions of one step as layers and heads to a draft. */
final class DraftWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int X = -1;

    private final Draft draft;
    private final Expressions expressions;
    private final ModelInputs inputs;
    private final Map<Expression, Integer> readers = new HashMap<>();
    private final Map<Expression, Integer> positions = new HashMap<>();
    private final Map<GraphInput, Integer> slices = new HashMap<>();

    DraftWriter(Draft draft, Expressions expressions, ModelInputs inputs) {
        this.draft = draft;
        this.expressions = expressions;
        this.inputs = inputs;
    }

    /** Adds outputs by name, and the layers that they require. */
    void addHeads(Map<String, Expression> outputs) {
        outputs.values().forEach(this::countReaders);
        outputs.forEach((name, output) -> {
            if (!activation(output).isKnown()) {
                position(output); // throws with the reason
            }
            Expression dense = output.is(Kind.ACTIVATION) ? output.below() : output;
            Map<String, Tensor> parameters = dense.is(Kind.DENSE) ? parameters(dense) : Map.of();
            Expression source = dense.is(Kind.DENSE) ? dense.below() : dense;
            draft.addHead(new DraftHead(
                    name,
                    activation(output).json(),
                    null,
                    position(source),
                    parameters,
                    output.units(),
                    "output " + name));
        });
    }

    private static Activation activation(Expression output) {
        return output.is(Kind.ACTIVATION) ? output.data(Activation.class) : Activation.LINEAR;
    }

    private void countReaders(Expression from) {
        List<Expression> open = new ArrayList<>(List.of(from));
        readers.merge(from, 1, Integer::sum);
        while (!open.isEmpty()) {
            for (Expression part : open.remove(open.size() - 1).of()) {
                if (readers.merge(part, 1, Integer::sum) == 1) {
                    open.add(part);
                }
            }
        }
    }

    private int position(Expression expr) {
        Integer known = positions.get(expr);
        if (known == null) {
            known = added(expr);
            positions.put(expr, known);
        }
        return known;
    }

    private int added(Expression expr) {
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
            case MEAN -> mean(expr);
            case MAX -> throw new Unsupported(expr.where(), "a maximum of features is supported only in a softmax");
            case CONSTANT, CELL_STATE, AT, STACK, ROOT ->
                throw new Unsupported(expr.where(), "its result is not a supported function of the input");
        };
    }

    private static ObjectNode spec(String cell) {
        return JSON.objectNode().put("cell", cell);
    }

    private int add(ObjectNode spec, List<Expression> sources, Map<String, Tensor> parameters) {
        return addFrom(spec, sources.stream().map(this::position).toList(), parameters);
    }

    private int addFrom(ObjectNode spec, List<Integer> from, Map<String, Tensor> parameters) {
        return draft.addLayer(new DraftLayer(spec, parameters, -1), from);
    }

    /** Returns the position of x, or with several inputs the position of the slice with the input's part of x. */
    private int input(Expression expr) {
        GraphInput input = (expr.is(Kind.ONE_HOT) ? expr.below() : expr).data(GraphInput.class);
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

    private int dense(Expression expr, Activation activation) {
        ObjectNode spec = spec("dense").put("units", (int) expr.units());
        if (!activation.equals(Activation.LINEAR)) {
            spec.set("activation", activation.json());
        }
        return add(spec, expr.of(), parameters(expr));
    }

    private Map<String, Tensor> parameters(Expression expr) {
        Dense dense = expr.data(Dense.class);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", dense.weight(), expr);
        put(parameters, "bias", dense.bias(), expr);
        return parameters;
    }

    private static void put(Map<String, Tensor> parameters, String name, @Nullable Weights weights, Expression expr) {
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

    private int activationLayer(Expression expr) {
        Activation activation = expr.data(Activation.class);
        if (!activation.isKnown()) {
            throw new Unsupported(expr.where(), "the operator is supported only within a GELU or a softsign");
        }
        Expression below = expr.below();
        if (below.is(Kind.DENSE) && readers.getOrDefault(below, 0) == 1) {
            return dense(below, activation);
        }
        ObjectNode spec = spec("activation");
        spec.set("activation", activation.json());
        return add(spec, expr.of(), Map.of());
    }

    private int cell(Expression expr) {
        RecurrentLayer layer = expr.data(RecurrentLayer.class);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        layer.weights().forEach((name, weights) -> put(parameters, name, weights, expr));
        return add(layer.spec(), expr.of(), parameters);
    }

    /** Returns the terms of a sum; a constant among them is added to another term. */
    private List<Expression> sum(Expression expr) {
        List<Expression> terms = new ArrayList<>(expr.of());
        for (Expression term : expr.of()) {
            if (term.is(Kind.CONSTANT)) {
                terms.remove(term);
                terms.set(
                        0,
                        expressions.make(
                                Kind.AFFINE,
                                List.of(terms.get(0)),
                                new Affine(Weights.filled(1, 1), term.data(Weights.class)),
                                expr.units()));
            }
        }
        return terms.size() == 1 ? List.of(terms.get(0)) : terms;
    }

    /** Adds scale and shift as a batch normalisation of mean 0 and variance 1. */
    private int affine(Expression expr) {
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

    private int mean(Expression expr) {
        int units = (int) expr.below().units();
        Weights weight = Weights.matrix(
                "a mean", 1, units, Weights.filled(units, 1f / units).values());
        return position(expressions.dense(expr.below(), weight, null));
    }

    private int batchNorm(Expression expr) {
        BatchNorm norm = expr.data(BatchNorm.class);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", norm.weight(), expr);
        put(parameters, "bias", norm.bias(), expr);
        put(parameters, "running_mean", norm.mean(), expr);
        put(parameters, "running_var", norm.variance(), expr);
        return add(spec("batch_norm").put("epsilon", norm.epsilon()), expr.of(), parameters);
    }

    private int embedding(Expression expr) {
        Weights table = expr.data(Weights.class);
        GraphInput input = expr.below().data(GraphInput.class);
        ObjectNode spec = spec("embedding").put("size", table.columns());
        if (inputs.offset(input) > 0) {
            spec.put("offset", (int) inputs.offset(input));
        }
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        put(parameters, "weight", table, expr);
        return addFrom(spec, List.of(X), parameters);
    }
}
