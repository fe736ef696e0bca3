package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order of layers that a file stores by their classes: the order of the user's spec, or else embedding, recurrent layers,
 * dense layers, if each layer's output size is the next layer's input size.
 */
final class LayerOrder {
    private static final int MAX_LAYERS = 64;

    private LayerOrder() {}

    static List<FoundLayer> of(List<FoundLayer> found, ObjectNode spec, String file) {
        if (found.size() > MAX_LAYERS) {
            throw new Unsupported(
                    file,
                    "must have at most " + MAX_LAYERS + " layers, because it does not state their order, but has "
                            + found.size());
        }
        List<FoundLayer> byNumber = new ArrayList<>(found);
        byNumber.sort(Comparator.comparingInt(FoundLayer::number).thenComparing(FoundLayer::name));
        List<FoundLayer> ordered =
                spec.path("layers").isEmpty() ? chain(byNumber) : bySpec(byNumber, spec.path("layers"));
        if (ordered == null) {
            throw new Unsupported(
                    file,
                    "does not state the order of its layers "
                            + found.stream().map(FoundLayer::name).toList()
                            + ": put the model's configuration (model.to_json()) beside it, or give --spec with layers");
        }
        return ordered;
    }

    /** Returns the layers in the order of a spec's cells, then the heads, or null if the sizes do not fit. */
    private static List<FoundLayer> bySpec(List<FoundLayer> found, JsonNode cells) {
        List<FoundLayer> left = new ArrayList<>(found);
        List<FoundLayer> ordered = new ArrayList<>();
        for (JsonNode cell : cells) {
            String kind = cell.path("cell").asText("");
            FoundLayer next = left.stream()
                    .filter(layer -> kind.isEmpty() || layer.cell().equals(kind))
                    .findFirst()
                    .orElse(null);
            if (next != null) {
                left.remove(next);
                ordered.add(next);
            }
        }
        ordered.addAll(left);
        return fits(ordered) ? ordered : null;
    }

    private static List<FoundLayer> chain(List<FoundLayer> found) {
        if (found.stream().anyMatch(layer -> layer.outputs() < 0)) {
            return null; // a normalisation may be anywhere
        }
        List<FoundLayer> first = found.stream().filter(LayerOrder::mayBeFirst).toList();
        for (FoundLayer start : first) {
            List<FoundLayer> left = new ArrayList<>(found);
            List<FoundLayer> ordered = new ArrayList<>();
            for (FoundLayer next = start; next != null; next = next(left, next)) {
                left.remove(next);
                ordered.add(next);
            }
            if (left.isEmpty()) {
                return ordered;
            }
        }
        return null;
    }

    private static boolean mayBeFirst(FoundLayer layer) {
        return layer.isRecurrent() || layer.cell().equals("embedding");
    }

    private static FoundLayer next(List<FoundLayer> left, FoundLayer last) {
        boolean recurrentLeft = left.stream().anyMatch(FoundLayer::isRecurrent);
        return left.stream()
                .filter(layer -> layer.inputs() == last.outputs() && layer.isRecurrent() == recurrentLeft)
                .findFirst()
                .orElse(null);
    }

    private static boolean fits(List<FoundLayer> ordered) {
        long width = -1;
        for (FoundLayer layer : ordered) {
            if (width >= 0 && layer.inputs() >= 0 && layer.inputs() != width) {
                return false;
            }
            width = layer.outputs() < 0 ? width : layer.outputs();
        }
        return true;
    }
}
