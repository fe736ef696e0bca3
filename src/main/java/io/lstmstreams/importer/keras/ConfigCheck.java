package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Iterator;
import java.util.Set;

/**
 * Checks layers' configurations for unknown options. An unknown option must not be ignored: it may be damaged or
 * belong to a newer Keras, and the default would silently create another model. Keras refuses unknown options, too.
 */
final class ConfigCheck {
    private static final int MAX_NESTING = 8;

    private ConfigCheck() {}

    /** Refuses options that no known version of Keras has. */
    static void check(ModelGraph graph) {
        graph.layers().forEach(layer -> layer(layer, 0));
    }

    private static void layer(Layer layer, int depth) {
        Set<String> known = layer.operation() ? null : KnownKeys.of(layer.className());
        if (known == null || depth > MAX_NESTING) {
            return; // refused by the translation
        }
        for (Iterator<String> keys = layer.config().fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!known.contains(key)) {
                throw layer.unsupported(
                        "has the option " + new TextNode(key) + ", which no known version of Keras has for this class");
            }
        }
        JsonNode policy = layer.config().path("dtype");
        if (policy.path("class_name").asText("").contains("Quantized")
                || !layer.config().path("quantization_config").isNull()
                        && layer.config().path("quantization_config").isObject()) {
            throw layer.unsupported(
                    "is quantised (" + policy.path("config").path("name").asText("quantization_config")
                            + "), which is not supported; save the model before quantize()");
        }
        inside(layer, layer.config().path("layer"), depth);
        inside(layer, layer.config().path("cell"), depth);
        layer.config().path("cells").forEach(cell -> inside(layer, cell, depth));
        inside(layer, layer.config().path("activation"), depth);
        inside(layer, layer.config().path("recurrent_activation"), depth);
    }

    private static void inside(Layer outer, JsonNode entry, int depth) {
        if (entry.path("class_name").isTextual() && entry.path("config").isObject()) {
            String className = entry.path("class_name").textValue();
            layer(new Layer(className, outer.name(), entry.path("config"), false, outer.where()), depth + 1);
        }
    }
}
