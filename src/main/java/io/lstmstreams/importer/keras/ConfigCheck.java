package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Checks layers' configurations for unknown and for missing options. An unknown option must not be ignored: it may be damaged or
 * belong to a newer Keras, and the default would silently create another model. Keras refuses unknown options, too.
 */
final class ConfigCheck {
    private static final int MAX_NESTING = 8;
    private static final String ACTIVATION = "activation";

    private final int generation;
    private final List<String> notes = new ArrayList<>();

    private ConfigCheck(int generation) {
        this.generation = generation;
    }

    /**
     * Refuses options that no known version of Keras has.
     *
     * @return the notes on activations that the configuration does not state
     */
    static List<String> notes(ModelGraph graph, int generation) {
        ConfigCheck check = new ConfigCheck(generation);
        graph.layers().forEach(layer -> check.layer(layer, 0));
        return List.copyOf(check.notes);
    }

    private void layer(Layer layer, int depth) {
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
        noteDefaults(layer);
        inside(layer, layer.config().path("layer"), depth);
        inside(layer, layer.config().path("cell"), depth);
        layer.config().path("cells").forEach(cell -> inside(layer, cell, depth));
        inside(layer, layer.config().path(ACTIVATION), depth);
        inside(layer, layer.config().path("recurrent_activation"), depth);
    }

    private void inside(Layer outer, JsonNode entry, int depth) {
        if (entry.path("class_name").isTextual() && entry.path("config").isObject()) {
            String className = entry.path("class_name").textValue();
            layer(new Layer(className, outer.name(), entry.path("config"), false, outer.where()), depth + 1);
        }
    }

    private void noteDefaults(Layer layer) {
        switch (layer.className()) {
            case "LSTM", "GRU", "LSTMCell", "GRUCell" -> {
                noteDefault(layer, ACTIVATION, "tanh");
                noteDefault(
                        layer,
                        generation == 1 ? "inner_activation" : "recurrent_activation",
                        generation == 3 ? "sigmoid" : "hard_sigmoid");
            }
            case "SimpleRNN", "SimpleRNNCell" -> noteDefault(layer, ACTIVATION, "tanh");
            case "Dense", "TimeDistributedDense" -> noteDefault(layer, ACTIVATION, "linear");
            default -> {
                // has no activation, or states it elsewhere
            }
        }
    }

    private void noteDefault(Layer layer, String key, String value) {
        if (!layer.config().has(key)) {
            notes.add("layer " + layer.name() + " (" + layer.className() + "): its configuration does not state " + key
                    + "; Keras' default " + value + " is assumed");
        }
    }
}
