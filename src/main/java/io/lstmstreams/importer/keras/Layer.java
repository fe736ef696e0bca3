package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;

/**
 * A layer of a configuration.
 *
 * @param className what kind it is; never resolved to a class
 * @param name unique in its model
 * @param config its options
 * @param operation whether it is one of Keras 3's functions on tensors, which are no layers and have no weights
 * @param where file and layer, for errors
 */
record Layer(String className, String name, JsonNode config, boolean operation, String where) {

    /** A layer that is inside of another one's configuration. */
    Layer inner(String key) {
        JsonNode inner = config.path(key);
        if (!inner.path("class_name").isTextual()) {
            throw malformed("has no " + key);
        }
        String name = inner.path("config").path("name").asText(key);
        Layer layer = new Layer(inner.path("class_name").textValue(), name, inner.path("config"), false, where);
        layer.refuseForeign(inner);
        return layer;
    }

    /** Refuses a class that only has the name of one of Keras' own. */
    void refuseForeign(JsonNode entry) {
        String module = entry.path("module").asText("keras");
        boolean ofKeras = module.equals("keras") || module.startsWith("keras.") || module.startsWith("tf_keras.");
        if (!ofKeras || entry.path("registered_name").asText("").contains(">")) {
            throw unsupported("is a class of its authors' own (" + module + "." + className + ")");
        }
    }

    /** A whole number of at least 1, under one of two names (Keras 1 had others). */
    int size(String key, String oldKey) {
        JsonNode value = config.has(key) ? config.path(key) : config.path(oldKey);
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw malformed("has no size " + key + " (" + value + ")");
        }
        return value.intValue();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = config.path(key);
        return value.isBoolean() ? value.booleanValue() : otherwise;
    }

    /** A finite number; what Keras does without it where it is missing. */
    double number(String key, double otherwise) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        // Keras' legacy JSON wraps what numpy computed.
        JsonNode plain = value.has("value") ? value.path("value") : value;
        if (!plain.isNumber() || !Double.isFinite(plain.doubleValue())) {
            throw malformed("has no number " + key + " (" + value + ")");
        }
        return plain.doubleValue();
    }

    /** Whether an axis is the last one of so many dimensions, the batch's included. */
    boolean isLastAxis(JsonNode axis, int rank) {
        JsonNode one = axis.isArray() && axis.size() == 1 ? axis.path(0) : axis;
        return one.isMissingNode() || one.isIntegralNumber() && (one.intValue() == -1 || one.intValue() == rank - 1);
    }

    Malformed malformed(String what) {
        return new Malformed(where, what);
    }

    Unsupported unsupported(String what) {
        return new Unsupported(where, what);
    }
}
