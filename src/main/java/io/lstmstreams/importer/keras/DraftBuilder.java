package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds a draft. Not thread-safe. */
final class DraftBuilder {
    private static final String FROM = "from";

    private final ObjectNode spec = KerasJson.newObject();
    private final ArrayNode layerSpecs;
    private final ArrayNode headSpecs;
    private final List<Map<String, Tensor>> layers = new ArrayList<>();
    private final List<Map<String, Tensor>> heads = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> headNames = new HashSet<>();

    DraftBuilder() {
        spec.putObject("input");
        layerSpecs = spec.putArray("layers");
        headSpecs = spec.putArray("heads");
    }

    ObjectNode input() {
        return spec.withObject("/input");
    }

    ObjectNode execution() {
        return spec.withObject("/execution");
    }

    void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    /**
     * Adds a layer.
     *
     * @param from the positions of the input layers, -1 for the model's input
     * @return the layer's position
     */
    int add(Cell cell, List<Integer> from) {
        int position = layers.size();
        ObjectNode layer = cell.spec().deepCopy();
        if (from.size() != 1 || from.get(0) != position - 1) {
            from.forEach(layer.putArray(FROM)::add);
        }
        layerSpecs.add(layer);
        layers.add(cell.parameters());
        return position;
    }

    /** Sets the activation of a layer that was linear. */
    void setActivation(int position, JsonNode activation) {
        ((ObjectNode) layerSpecs.get(position)).set("activation", activation);
    }

    void addHead(String name, JsonNode activation, int from, Map<String, Tensor> parameters) {
        String unique = name;
        for (int i = 1; !headNames.add(unique); i++) {
            unique = name + "_" + i;
        }
        ObjectNode head = KerasJson.newObject().put("name", unique);
        head.set("activation", activation);
        if (from != layers.size() - 1) {
            head.put(FROM, from);
        }
        headSpecs.add(head);
        heads.add(parameters);
    }

    Draft build() {
        return new Draft(spec, List.copyOf(layers), List.copyOf(heads), List.copyOf(notes));
    }
}
