package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;

/**
 * A layer of a configuration.
 *
 * @param className the name of its class, which is never loaded
 * @param name the layer's name, unique in its model
 * @param config the options
 * @param operation true for Keras 3's functions on tensors, which have no weights
 * @param where the file and the layer, for errors
 */
record Layer(String className, String name, JsonNode config, boolean operation, String where) {

    /** Returns a layer inside this layer's configuration. */
    Layer inner(String key) {
        JsonNode inner = config.path(key);
        if (!inner.path("class_name").isTextual()) {
            throw malformed("must have a " + key + ", but has none");
        }
        String name = inner.path("config").path("name").asText(key);
        Layer layer = new Layer(inner.path("class_name").textValue(), name, inner.path("config"), false, where);
        layer.refuseForeign(inner);
        return layer;
    }

    /** Refuses a class that has the name of a Keras class, but is not Keras' own. */
    void refuseForeign(JsonNode entry) {
        String module = entry.path("module").asText("keras");
        boolean ofKeras = module.equals("keras") || module.startsWith("keras.") || module.startsWith("tf_keras.");
        if (!ofKeras || entry.path("registered_name").asText("").contains(">")) {
            throw unsupported("is a custom class (" + module + "." + className + "), which is not supported");
        }
    }

    /** Returns an integer of at least 1 under one of two names; Keras 1 had other names. */
    int size(String key, String oldKey) {
        JsonNode value = config.has(key) ? config.path(key) : config.path(oldKey);
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 1) {
            throw malformed("must have an integer " + key + " of at least 1, but has "
                    + (value.isMissingNode() ? "none" : value));
        }
        return value.intValue();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = config.path(key);
        return value.isBoolean() ? value.booleanValue() : otherwise;
    }

    /** Returns a finite number, or Keras' default if it is missing. */
    double number(String key, double otherwise) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        // Keras' legacy JSON wraps numpy's numbers.
        JsonNode own = value.has("value") ? value.path("value") : value;
        JsonNode plain = own.path("config").has("value") ? own.path("config").path("value") : own;
        if (!plain.isNumber() || !Double.isFinite(plain.doubleValue())) {
            throw malformed("must have a finite number " + key + ", but has " + value);
        }
        return plain.doubleValue();
    }

    /** Returns whether an axis is the last of {@code rank} dimensions, including the batch. */
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
