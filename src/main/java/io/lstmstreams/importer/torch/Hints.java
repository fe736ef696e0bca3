package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the user's spec says of the order of layers. Only what helps to tell layers apart is looked at, and what is of the wrong
 * type is left for those who read the whole spec.
 *
 * @param layers by position; null if the spec lists none
 * @param heads by position; null if the spec lists none
 */
record Hints(List<Layer> layers, List<Head> heads) {
    static final Hints NONE = new Hints(null, null);
    private static final Layer NO_LAYER = new Layer(null, null, null, false, 0);

    /**
     * One layer of the spec.
     *
     * @param cell null if it is not said
     * @param name the module in the file; null if it is not said
     * @param from the positions of the layers that it reads; null for the one before it
     * @param hasActivation whether its activation is said
     * @param units 0 if it is not said
     */
    record Layer(String cell, String name, List<Integer> from, boolean hasActivation, int units) {
        boolean withoutParameters() {
            return cell != null && Cell.WITHOUT_PARAMETERS.contains(cell);
        }
    }

    /**
     * One head of the spec.
     *
     * @param name the module in the file, or what it is to be called; null if it is not said
     * @param from the position of the layer that it reads; null for the last
     */
    record Head(String name, Integer from) {}

    static Hints of(ObjectNode spec) {
        List<Layer> layers = null;
        if (spec.path("layers").isArray()) {
            layers = new ArrayList<>();
            for (JsonNode layer : spec.path("layers")) {
                layers.add(new Layer(
                        text(layer.path("cell")),
                        text(layer.path("name")),
                        from(layer.path("from")),
                        layer.hasNonNull("activation"),
                        layer.path("units").asInt(0)));
            }
        }
        List<Head> heads = null;
        if (spec.path("heads").isArray()) {
            heads = new ArrayList<>();
            for (JsonNode head : spec.path("heads")) {
                List<Integer> from = from(head.path("from"));
                heads.add(new Head(text(head.path("name")), from == null ? null : from.get(0)));
            }
        }
        return new Hints(layers, heads);
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    private static List<Integer> from(JsonNode node) {
        List<Integer> from = new ArrayList<>();
        if (node.isIntegralNumber()) {
            from.add(node.intValue());
        }
        if (node.isArray()) {
            node.forEach(element -> from.add(element.asInt(-1)));
        }
        return from.isEmpty() ? null : from;
    }

    /** What is said of a layer; nothing past the end of the list. */
    Layer layer(int position) {
        return layers == null || position >= layers.size() ? NO_LAYER : layers.get(position);
    }

    Hints withoutHeads() {
        return new Hints(layers, null);
    }

    Hints withoutLayers() {
        return new Hints(null, heads);
    }
}
