package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of layers that a file stores by their classes: the order of the user's spec, or else embedding, recurrent
 * layers, dense layers, if each layer's output size is the next layer's input size.
 */
final class LayerOrder {
    private static final int MAX_LAYERS = 64;

    private LayerOrder() {}

    static List<InferredLayer> of(List<InferredLayer> found, ObjectNode spec, String file) {
        if (found.size() > MAX_LAYERS) {
            throw new Unsupported(
                    file,
                    "must have at most " + MAX_LAYERS + " layers, because it does not state their order, but has "
                            + found.size());
        }
        List<InferredLayer> byNumber = new ArrayList<>(found);
        byNumber.sort(Comparator.comparingInt(InferredLayer::number).thenComparing(InferredLayer::name));
        List<InferredLayer> ordered =
                spec.path("layers").isEmpty() ? chain(byNumber) : bySpec(byNumber, spec.path("layers"));
        if (ordered == null) {
            throw new Unsupported(
                    file,
                    "does not state the order of its layers "
                            + found.stream().map(InferredLayer::name).toList()
                            + ": put the model's configuration (model.to_json()) beside it, or give --spec with layers");
        }
        return ordered;
    }

    /** Returns the layers in the order of a spec's cells, then the heads, or null if the sizes do not fit. */
    private static @Nullable List<InferredLayer> bySpec(List<InferredLayer> found, JsonNode cells) {
        List<InferredLayer> left = new ArrayList<>(found);
        List<InferredLayer> ordered = new ArrayList<>();
        for (JsonNode cell : cells) {
            String kind = cell.path("cell").asText("");
            InferredLayer next = left.stream()
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

    private static @Nullable List<InferredLayer> chain(List<InferredLayer> found) {
        if (found.stream().anyMatch(layer -> layer.outputs() < 0)) {
            return null; // a normalisation may be anywhere
        }
        List<InferredLayer> first =
                found.stream().filter(LayerOrder::mayBeFirst).toList();
        for (InferredLayer start : first) {
            List<InferredLayer> left = new ArrayList<>(found);
            List<InferredLayer> ordered = new ArrayList<>();
            for (InferredLayer next = start; next != null; next = next(left, next)) {
                left.remove(next);
                ordered.add(next);
            }
            if (left.isEmpty()) {
                return ordered;
            }
        }
        return null;
    }

    private static boolean mayBeFirst(InferredLayer layer) {
        return layer.isRecurrent() || layer.cell().equals("embedding");
    }

    private static @Nullable InferredLayer next(List<InferredLayer> left, InferredLayer last) {
        boolean recurrentLeft = left.stream().anyMatch(InferredLayer::isRecurrent);
        return left.stream()
                .filter(layer -> layer.inputs() == last.outputs() && layer.isRecurrent() == recurrentLeft)
                .findFirst()
                .orElse(null);
    }

    private static boolean fits(List<InferredLayer> ordered) {
        long width = -1;
        for (InferredLayer layer : ordered) {
            if (width >= 0 && layer.inputs() >= 0 && layer.inputs() != width) {
                return false;
            }
            width = layer.outputs() < 0 ? width : layer.outputs();
        }
        return true;
    }
}
