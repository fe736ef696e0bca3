package io.lstmstreams.importer.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Layers in the order of evaluation, and the heads that read the last layer.
 *
 * @param layers the layers from the input upwards
 * @param heads the heads, all dense
 */
record Chain(List<Layer> layers, List<Head> heads) {

    /**
     * One layer.
     *
     * @param kind the layer's name in a spec
     * @param cell the kind; absent for a layer without parameters
     * @param stored the parameters, if the layer has any
     * @param width the number of output values; -1 if unknown
     */
    record Layer(
            String kind, @Nullable LayerKind cell, @Nullable StoredLayer stored, long width) {
        String title() {
            return stored == null ? kind : stored.title();
        }
    }

    /**
     * One head.
     *
     * @param name the head's name
     * @param stored the parameters; absent if the head's output is its input
     */
    record Head(String name, @Nullable StoredLayer stored) {}

    /** Returns all layers with parameters, the heads last. */
    List<StoredLayer> storedLayers() {
        List<StoredLayer> storedLayers = new ArrayList<>();
        layers.stream().flatMap(layer -> Stream.ofNullable(layer.stored())).forEach(storedLayers::add);
        heads.stream().flatMap(head -> Stream.ofNullable(head.stored())).forEach(storedLayers::add);
        return storedLayers;
    }

    /** Returns whether the file has its layers in this order. */
    boolean inFileOrder() {
        int last = -1;
        for (StoredLayer stored : storedLayers()) {
            if (stored.order() < last) {
                return false;
            }
            last = stored.order();
        }
        return true;
    }

    /** Returns the order as text: {@code encoder > rnn > (next | time)}. */
    String text() {
        String ends = heads.stream().map(Head::name).collect(Collectors.joining(" | "));
        return heads.isEmpty() ? layersText() : layersText() + " > " + (heads.size() == 1 ? ends : "(" + ends + ")");
    }

    /** Returns the order of the layers as text, without the heads. */
    String layersText() {
        return layers.stream().map(Layer::title).collect(Collectors.joining(" > "));
    }

    /** Returns a spec that selects this order. */
    String specText() {
        String list = layers.stream()
                .map(layer -> layer.stored() == null
                        ? "{\"cell\":\"" + layer.kind() + "\"}"
                        : "{\"cell\":\"" + layer.kind() + "\",\"name\":\""
                                + layer.stored().name() + "\"}")
                .collect(Collectors.joining(","));
        String ends =
                heads.stream().map(head -> "{\"name\":\"" + head.name() + "\"}").collect(Collectors.joining(","));
        return "{\"layers\":[" + list + "],\"heads\":[" + ends + "]}";
    }
}
