package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.DraftLayer.Assumption;
import io.lstmstreams.importer.draft.Matrices;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Translates Keras' layers that have weights and no state: dense layers, embeddings, and normalisations. */
final class StatelessLayers {
    private static final int MAX_EXPANSION = 1 << 20;

    private final int generation;
    private final Weights weights;
    private final Activations activations;

    StatelessLayers(KerasVersion version, Weights weights) {
        this.generation = version.generation();
        this.weights = weights;
        this.activations = new Activations(version);
    }

    /** Returns whether a layer is a dense layer, or a wrapper that applies a dense layer to each step. */
    static boolean isDense(Layer layer) {
        return switch (layer.className()) {
            case "Dense", "TimeDistributedDense" -> true;
            case "Conv1D" -> isConvolution(layer);
            case "TimeDistributed" ->
                layer.config().path("layer").path("class_name").asText("").equals("Dense");
            default -> false;
        };
    }

    /** Returns whether a layer is a convolution of one step, which is a dense layer for each step. */
    static boolean isConvolution(Layer layer) {
        JsonNode kernel = layer.config().path("kernel_size");
        JsonNode strides = layer.config().path("strides");
        boolean everyStep = strides.isMissingNode() || strides.path(0).asInt(strides.asInt(0)) == 1;
        return layer.className().equals("Conv1D")
                && kernel.path(0).asInt(kernel.asInt(0)) == 1
                && everyStep
                && !layer.config().path("data_format").asText("").equals("channels_first");
    }

    /** Returns whether a layer is a normalisation, or a wrapper that normalises each step. */
    static boolean isNormalization(Layer layer) {
        return switch (layer.className()) {
            case "BatchNormalization", "LayerNormalization" -> true;
            case "TimeDistributed" -> {
                String inner = layer.config().path("layer").path("class_name").asText("");
                yield inner.equals("BatchNormalization") || inner.equals("LayerNormalization");
            }
            default -> false;
        };
    }

    /** Translates a normalisation; a wrapped normalisation numbers its axes without the steps. */
    DraftLayer normalization(Layer layer, long inputs, int rank) {
        boolean wrapped = layer.className().equals("TimeDistributed");
        Layer options = wrapped ? layer.inner("layer") : layer;
        int axes = wrapped ? rank - 1 : rank;
        return options.className().equals("BatchNormalization")
                ? batchNormalization(layer, options, inputs, axes)
                : layerNormalization(layer, options, inputs, axes);
    }

    private static Layer denseOptions(Layer layer) {
        return layer.className().equals("TimeDistributed") ? layer.inner("layer") : layer;
    }

    /** Returns whether a dense layer has no activation. */
    boolean isLinear(Layer dense) {
        Layer options = denseOptions(dense);
        return Activations.isLinear(activations.option(dense, options.config().path("activation"), "linear"));
    }

    DraftLayer dense(Layer layer, long inputs) {
        Layer options = denseOptions(layer);
        boolean convolution = isConvolution(layer);
        int units = options.size(convolution ? "filters" : "units", "output_dim");
        String kernel = generation == 1 ? "W" : "kernel";
        String bias = generation == 1 ? "b" : "bias";
        boolean biased = options.flag(generation == 1 ? "bias" : "use_bias", true);
        List<Tensor> arrays =
                weights.take(layer, options == layer ? "" : "layer", biased ? List.of(kernel, bias) : List.of(kernel));
        Tensor matrix = convolution ? ofConvolution(layer, arrays.get(0), units) : arrays.get(0);
        Shapes.expectMatrix(layer, matrix, inputs, units);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("weight", Matrices.transposed(matrix));
        if (biased) {
            Shapes.expectVector(layer, arrays.get(1), units);
            parameters.put("bias", arrays.get(1));
        }
        ObjectNode spec = KerasJson.newObject().put("cell", "dense").put("units", units);
        List<Assumption> assumptions = new ArrayList<>();
        activations.set("activation", "activation", "linear", layer, options, spec, assumptions);
        return new DraftLayer(spec, parameters, units, assumptions);
    }

    /** Returns the matrix of a convolution of one step, {@code [inputs, filters]}; each group has a block of it. */
    private static Tensor ofConvolution(Layer layer, Tensor kernel, int filters) {
        int groups = layer.config().path("groups").asInt(1);
        long[] shape = kernel.shape();
        if (shape.length != 3 || shape[0] != 1 || shape[2] != filters || groups < 1 || filters % groups != 0) {
            throw layer.malformed("must have " + kernel.name() + " of shape [1, inputs, " + filters + "] in groups that"
                    + " divide the filters, but it has " + kernel.shapeText() + " and " + groups + " groups");
        }
        int rows = (int) shape[1];
        if ((long) rows * groups * filters > MAX_EXPANSION + 64L * kernel.values().length) {
            throw layer.unsupported("has " + groups + " groups, which is too many");
        }
        float[] matrix = new float[rows * groups * filters];
        for (int row = 0; row < rows; row++) {
            for (int filter = 0; filter < filters; filter++) {
                int group = filter / (filters / groups);
                matrix[(group * rows + row) * filters + filter] = kernel.values()[row * filters + filter];
            }
        }
        return new Tensor(kernel.name(), new long[] {(long) rows * groups, filters}, matrix);
    }

    DraftLayer embedding(Layer layer) {
        int rows = layer.size("input_dim", "input_dim");
        int size = layer.size("output_dim", "output_dim");
        String role = generation == 1 ? "W" : "embeddings";
        Tensor weight = weights.take(layer, "", List.of(role)).get(0);
        Shapes.expectMatrix(layer, weight, rows, size);
        ObjectNode spec = KerasJson.newObject().put("cell", "embedding").put("size", size);
        if (layer.flag("mask_zero", false)) {
            spec.put("maskZero", true);
        }
        return new DraftLayer(spec, Map.of("weight", weight), size);
    }

    private DraftLayer batchNormalization(Layer owner, Layer layer, long inputs, int rank) {
        int mode = layer.config().path("mode").asInt(0);
        if (mode != 0) {
            throw layer.unsupported("must normalise in mode 0, but normalises in mode " + mode
                    + ", by the statistics of one batch or sample");
        }
        if (layer.flag("renorm", false)) {
            throw layer.unsupported("renormalises its batches (renorm), which is not supported");
        }
        return normalization(owner, layer, "batch_norm", inputs, rank, List.of("moving_mean", "moving_variance"));
    }

    private DraftLayer layerNormalization(Layer owner, Layer layer, long inputs, int rank) {
        if (layer.flag("rms_scaling", false)) {
            throw layer.unsupported("scales by the root mean square (rms_scaling), which is not supported");
        }
        return normalization(owner, layer, "layer_norm", inputs, rank, List.of());
    }

    private DraftLayer normalization(
            Layer owner, Layer layer, String cell, long inputs, int rank, List<String> statistics) {
        if (!layer.isLastAxis(layer.config().path("axis"), rank)) {
            throw layer.unsupported("must normalise along the last of " + rank + " axes, but normalises along axis "
                    + layer.config().path("axis"));
        }
        List<String> roles = new ArrayList<>();
        if (layer.flag("scale", true)) {
            roles.add("gamma");
        }
        if (layer.flag("center", true)) {
            roles.add("beta");
        }
        roles.addAll(statistics);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        long width = inputs;
        String part = owner == layer ? "" : "layer";
        List<Tensor> arrays = roles.isEmpty() ? List.of() : weights.take(owner, part, roles);
        for (int i = 0; i < roles.size(); i++) {
            Tensor tensor = arrays.get(i);
            width = width < 0 && tensor.shape().length == 1 ? tensor.shape()[0] : width;
            Shapes.expectVector(layer, tensor, width);
            parameters.put(parameterName(roles.get(i)), tensor);
        }
        Tensor variance = parameters.get("running_var");
        for (int i = 0; variance != null && i < variance.values().length; i++) {
            if (variance.values()[i] < 0) {
                throw layer.malformed("must have variances of at least 0, but element " + i + " of " + variance.name()
                        + " is " + variance.values()[i]);
            }
        }
        ObjectNode spec = KerasJson.newObject().put("cell", cell).put("epsilon", layer.number("epsilon", 1e-3));
        return new DraftLayer(spec, parameters, width);
    }

    private static String parameterName(String role) {
        return switch (role) {
            case "gamma" -> "weight";
            case "beta" -> "bias";
            case "moving_mean" -> "running_mean";
            default -> "running_var";
        };
    }
}
