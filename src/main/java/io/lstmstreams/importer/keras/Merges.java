package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Layers that merge several inputs: sums, products and concatenations. Keras 1 has one class for all of them. */
final class Merges {
    private Merges() {}

    static boolean isMerge(Layer layer) {
        return cellName(layer) != null;
    }

    private static @Nullable String cellName(Layer layer) {
        return switch (layer.className()) {
            case "Add" -> "add";
            case "Multiply" -> "multiply";
            case "Concatenate" -> "concat";
            case "Merge" ->
                switch (layer.config().path("mode").asText("")) {
                    case "sum" -> "add";
                    case "mul" -> "multiply";
                    case "concat" -> "concat";
                    default -> null;
                };
            default -> null;
        };
    }

    static DraftLayer of(Layer layer, List<GraphValue> read) {
        String cell = String.valueOf(cellName(layer));
        GraphValue first = read.get(0);
        if (read.size() < 2) {
            throw layer.malformed("must merge at least two inputs, but has " + read.size());
        }
        if (read.stream()
                .anyMatch(value -> value.steps() == GraphValue.NO_STEPS ^ first.steps() == GraphValue.NO_STEPS)) {
            throw layer.unsupported("merges a sequence with a single vector, which is not supported");
        }
        if (read.stream().anyMatch(value -> value.width() < 0)) {
            throw layer.unsupported("reads an input of unknown size");
        }
        long width = first.width();
        if (cell.equals("concat")) {
            JsonNode axis = layer.config().path(layer.className().equals("Merge") ? "concat_axis" : "axis");
            if (!layer.isLastAxis(axis, first.rank()) || axis.isMissingNode()) {
                throw layer.unsupported("must merge along the features, but merges along axis " + axis);
            }
            width = read.stream().mapToLong(GraphValue::width).sum();
        } else if (read.stream().anyMatch(value -> value.width() != first.width())) {
            throw layer.unsupported("merges vectors of different sizes: "
                    + Tensor.text(read.stream().mapToLong(GraphValue::width).toArray()));
        }
        return new DraftLayer(KerasJson.newObject().put("cell", cell), Map.of(), width);
    }
}
