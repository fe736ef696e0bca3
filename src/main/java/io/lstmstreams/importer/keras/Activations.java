package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.importer.draft.DraftLayer.Assumption;
import io.lstmstreams.importer.draft.Origin;
import java.util.List;
import java.util.Set;

/**
 * Keras' activation functions in the form of a spec: by name if the name has the same meaning, otherwise with ONNX's
 * parameters (keras/src/activations/activations.py, and the layers of the same names).
 */
final class Activations {
    private static final Set<String> SAME = Set.of(
            "linear",
            "relu",
            "tanh",
            "sigmoid",
            "softmax",
            "log_softmax",
            "softsign",
            "softplus",
            "elu",
            "selu",
            "exponential",
            "gelu",
            "silu",
            "relu6",
            "hard_tanh");
    private static final JsonNode LINEAR = new TextNode("linear");

    private final KerasVersion version;

    Activations(KerasVersion version) {
        this.version = version;
    }

    static boolean isLinear(JsonNode activation) {
        return activation.equals(LINEAR);
    }

    /**
     * Returns the activation that is an option of a layer: a name, null for no activation, or in Keras 3 a layer.
     *
     * @param otherwise the activation's name if the option is missing
     */
    JsonNode option(Layer layer, JsonNode option, String otherwise) {
        if (option.isMissingNode()) {
            return named(layer, otherwise);
        }
        if (option.isNull()) {
            return LINEAR;
        }
        if (option.isTextual()) {
            return named(layer, option.textValue());
        }
        Layer function = new Layer(
                option.path("class_name").asText("?"), layer.name(), option.path("config"), false, layer.where());
        function.refuseForeign(option);
        if (function.className().equals("function") || !isLayer(function.className())) {
            throw layer.unsupported("has the activation "
                    + option.path("config").asText(function.className()) + ", which is not supported");
        }
        return ofLayer(function);
    }

    /**
     * Sets an option of a draft's layer to an activation, and records it as an assumption if the configuration does not
     * state it.
     *
     * @param option the option's name in a spec
     * @param key the option's name in the configuration
     * @param usual Keras' default
     * @param owner the layer, for errors
     * @param options the layer or cell that has the option
     */
    void set(
            String option,
            String key,
            String usual,
            Layer owner,
            Layer options,
            ObjectNode spec,
            List<Assumption> assumptions) {
        JsonNode stated = options.config().path(key);
        spec.set(option, option(owner, stated, usual));
        if (stated.isMissingNode()) {
            assumptions.add(new Assumption(option, usual, Origin.defaultOf(version.writer())));
        }
    }

    private JsonNode named(Layer layer, String name) {
        if (SAME.contains(name)) {
            return new TextNode(name);
        }
        return switch (name) {
            case "hard_sigmoid" -> hardSigmoid();
            case "swish" -> new TextNode("silu");
            case "leaky_relu" -> with("leaky_relu", 0.2); // the function's default; the layer's is 0.3
            default -> throw layer.unsupported("has the activation " + name + ", which is not supported");
        };
    }

    /**
     * Returns {@code max(0, min(1, 0.2 x + 0.5))} for Keras 1 and 2, {@code max(0, min(1, x / 6 + 0.5))} for Keras 3.
     */
    private JsonNode hardSigmoid() {
        return version.generation() < 3
                ? new TextNode("hard_sigmoid")
                : with("hard_sigmoid", 1.0 / 6).put("beta", 0.5);
    }

    private static ObjectNode with(String name, double alpha) {
        return KerasJson.newObject().put("name", name).put("alpha", alpha);
    }

    static boolean isLayer(String className) {
        return switch (className) {
            case "Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax", "Rescaling" -> true;
            default -> false;
        };
    }

    /** Returns the activation of a layer that only applies an activation. */
    JsonNode ofLayer(Layer layer) {
        return switch (layer.className()) {
            case "Activation" -> option(layer, layer.config().path("activation"), "?");
            case "LeakyReLU" ->
                with(
                        "leaky_relu",
                        layer.number(layer.config().has("negative_slope") ? "negative_slope" : "alpha", 0.3));
            case "ELU" -> elu(layer.number("alpha", 1));
            case "ThresholdedReLU" -> with("thresholded_relu", layer.number("theta", 1));
            case "ReLU" -> relu(layer);
            case "Rescaling" -> with("affine", layer.number("scale", 1)).put("beta", layer.number("offset", 0));
            default -> softmax(layer);
        };
    }

    private static JsonNode elu(double alpha) {
        return alpha == 1 ? new TextNode("elu") : with("elu", alpha);
    }

    private static JsonNode relu(Layer layer) {
        double maxValue = layer.number("max_value", Double.POSITIVE_INFINITY);
        double slope = layer.number("negative_slope", 0);
        double threshold = layer.number("threshold", 0);
        if (threshold == 0 && maxValue == Double.POSITIVE_INFINITY) {
            return slope == 0 ? new TextNode("relu") : with("leaky_relu", slope);
        }
        if (threshold == 0 && maxValue == 6 && slope == 0) {
            return new TextNode("relu6");
        }
        if (maxValue == Double.POSITIVE_INFINITY && slope == 0) {
            return with("thresholded_relu", threshold);
        }
        throw layer.unsupported("is a ReLU with max_value " + maxValue + ", negative_slope " + slope + " and threshold "
                + threshold + ", a combination that is not supported");
    }

    private static JsonNode softmax(Layer layer) {
        JsonNode axis = layer.config().path("axis");
        if (!axis.isMissingNode() && axis.asInt(0) != -1) {
            throw layer.unsupported("must normalise along the last axis, but normalises along axis " + axis);
        }
        return new TextNode("softmax");
    }
}
