package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of layers that a file stores by their classes: the order of the user's spec, or else the only order in
 * which each layer's output size is the next layer's input size. Layers of one class keep their order, and a dense layer, if
 * there is one, is the last layer.
 */
final class LayerOrder {
    private static final int MAX_LAYERS = 64;
    private static final int MAX_TRIALS = 10_000;

    private final List<InferredLayer> found;
    private final boolean endsWithDense;
    private final List<List<InferredLayer>> orders = new ArrayList<>(); // at most two
    private int trials;

    private LayerOrder(List<InferredLayer> found) {
        this.found = found;
        this.endsWithDense = found.stream().anyMatch(layer -> layer.cell().equals("dense"));
    }

    static List<InferredLayer> of(List<InferredLayer> found, ObjectNode spec, String file) {
        if (found.size() > MAX_LAYERS) {
            throw new Unsupported(
                    file,
                    "must have at most " + MAX_LAYERS + " layers, because it does not state their order, but has "
                            + found.size());
        }
        List<InferredLayer> byNumber = new ArrayList<>(found);
        byNumber.sort(Comparator.comparingInt(InferredLayer::number).thenComparing(InferredLayer::name));
        if (hasCells(spec)) {
            List<InferredLayer> ordered = bySpec(byNumber, spec.path("layers"));
            if (ordered == null) {
                throw new Unsupported(
                        file,
                        "does not state the order of its layers " + names(found)
                                + ", and their sizes do not fit together in the order of the spec; "
                                + LayerNames.GIVE_CONFIGURATION);
            }
            return ordered;
        }
        LayerOrder order = new LayerOrder(byNumber);
        order.extend(new ArrayList<>());
        if (order.orders.size() == 1 && order.trials < MAX_TRIALS) {
            return order.orders.get(0);
        }
        ArrayNode blanks = KerasJson.newObject().arrayNode();
        for (int i = 0; i < found.size() - (order.endsWithDense ? 1 : 0); i++) {
            blanks.addObject().put("cell", "?");
        }
        throw new Unsupported(
                file,
                "does not state the order of its layers " + names(found) + ", and their sizes fit in "
                        + (order.orders.isEmpty() ? "no order" : "several orders") + ": "
                        + LayerNames.GIVE_CONFIGURATION + ", or give --spec '"
                        + KerasJson.newObject().set("layers", blanks)
                        + "' with the cell of each layer in place of \"?\", from the input upwards"
                        + (order.endsWithDense ? " and without the last dense layer" : ""));
    }

    private static List<String> names(List<InferredLayer> found) {
        return found.stream().map(InferredLayer::name).toList();
    }

    /** Returns whether a spec states the cells of all layers, perhaps without the last, which is the head. */
    static boolean states(ObjectNode spec, List<InferredLayer> found) {
        int stated = spec.path("layers").size();
        return hasCells(spec) && (stated == found.size() || stated == found.size() - 1);
    }

    private static boolean hasCells(ObjectNode spec) {
        boolean all = !spec.path("layers").isEmpty();
        for (JsonNode layer : spec.path("layers")) {
            all &= layer.path("cell").isTextual();
        }
        return all;
    }

    /** Returns a spec that states the cells of layers in their order; a last dense layer is the head. */
    static ObjectNode spec(List<InferredLayer> ordered) {
        ObjectNode spec = KerasJson.newObject();
        ArrayNode layers = spec.putArray("layers");
        int last = ordered.size() - 1;
        for (int i = 0; i < ordered.size(); i++) {
            if (i < last || !ordered.get(i).cell().equals("dense")) {
                layers.addObject().put("cell", ordered.get(i).cell());
            }
        }
        return spec;
    }

    /** Returns the layers in the order of a spec's cells, then the heads, or null if the sizes do not fit. */
    private static @Nullable List<InferredLayer> bySpec(List<InferredLayer> found, JsonNode cells) {
        List<InferredLayer> left = new ArrayList<>(found);
        List<InferredLayer> ordered = new ArrayList<>();
        for (JsonNode cell : cells) {
            String kind = cell.path("cell").asText("");
            InferredLayer next = left.stream()
                    .filter(layer -> layer.cell().equals(kind))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                return null;
            }
            left.remove(next);
            ordered.add(next);
        }
        ordered.addAll(left);
        for (int i = 1; i < ordered.size(); i++) {
            if (!fits(ordered.get(i - 1), ordered.get(i))) {
                return null;
            }
        }
        return ordered;
    }

    private void extend(List<InferredLayer> ordered) {
        if (ordered.size() == found.size()) {
            orders.add(List.copyOf(ordered));
            return;
        }
        List<String> tried = new ArrayList<>(); // the first layer left of each class
        for (InferredLayer layer : found) {
            boolean next = !ordered.contains(layer) && !tried.contains(layer.className());
            if (!next || orders.size() > 1 || trials++ > MAX_TRIALS) {
                continue;
            }
            tried.add(layer.className());
            boolean last = ordered.size() == found.size() - 1;
            boolean fits = ordered.isEmpty() || fits(ordered.get(ordered.size() - 1), layer);
            if (fits && (!last || !endsWithDense || layer.cell().equals("dense"))) {
                ordered.add(layer);
                extend(ordered);
                ordered.remove(ordered.size() - 1);
            }
        }
    }

    private static boolean fits(InferredLayer below, InferredLayer above) {
        return above.inputs() == below.outputs(); // an embedding, which reads no layer, has -1 inputs
    }
}
