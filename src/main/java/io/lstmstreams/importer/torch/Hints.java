package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of the user's spec about the order of layers. Other fields are not read, and fields of the wrong type
 * are ignored: the reader of the complete spec reports them.
 *
 * @param layers the layers by position, if the spec has any
 * @param heads the heads by position, if the spec has any
 */
record Hints(@Nullable List<Layer> layers, @Nullable List<Head> heads) {
    static final Hints NONE = new Hints(null, null);
    private static final Layer NO_LAYER = new Layer(null, null, null, 0);

    /**
     * One layer of the spec.
     *
     * @param cell the cell, if stated
     * @param name the module in the file, if stated
     * @param from the positions of the input layers, if stated; otherwise the layer reads the layer before it
     * @param units the number of units; 0 if the spec does not state it
     */
    record Layer(
            @Nullable String cell,
            @Nullable String name,
            @Nullable List<Integer> from,
            int units) {}

    /**
     * One head of the spec.
     *
     * @param name the module in the file, or the head's name, if stated
     * @param from the position of the input layer, if stated; otherwise the head reads the last layer
     */
    record Head(@Nullable String name, @Nullable Integer from) {}

    static Hints of(ObjectNode spec) {
        List<Layer> layers = null;
        if (spec.path("layers").isArray()) {
            layers = new ArrayList<>();
            for (JsonNode layer : spec.path("layers")) {
                layers.add(new Layer(
                        text(layer.path("cell")),
                        text(layer.path("name")),
                        from(layer.path("from")),
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

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    private static @Nullable List<Integer> from(JsonNode node) {
        List<Integer> from = new ArrayList<>();
        if (node.isIntegralNumber()) {
            from.add(node.intValue());
        }
        if (node.isArray()) {
            node.forEach(element -> from.add(element.asInt(-1)));
        }
        return from.isEmpty() ? null : from;
    }

    /** Returns the hints for a layer; empty hints after the end of the list. */
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
