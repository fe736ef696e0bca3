package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of the model's inputs. The vector x of a step is the concatenation of all inputs.
 *
 * @param name the name of the input's layer
 * @param offset the input's first index in x
 * @param width the input's length in x; -1 if only the weights that read it determine the length
 * @param steps the number of steps: 0 for a single vector, -1 for any number
 * @param index true for the row number of an embedding, which is one-hot in x
 */
record ModelInput(String name, long offset, long width, int steps, boolean index) {

    /** Returns the inputs by the names of their layers, in the model's order. */
    static Map<String, ModelInput> of(ModelGraph graph) {
        Map<String, ModelInput> inputs = new LinkedHashMap<>();
        long offset = 0;
        for (ModelGraph.Ref ref : graph.inputs()) {
            Call call = graph.calls().stream()
                    .filter(one -> one.ref().equals(ref))
                    .findFirst()
                    .orElse(null);
            if (call == null) {
                continue; // without a reader: it was refused already, or only a mask reads it
            }
            ModelInput input = of(call.layer(), offset, embeddings(graph, ref));
            if (input.width() < 0 && graph.inputs().size() > 1) {
                throw call.layer().unsupported("must state its size, because it is one of several inputs");
            }
            inputs.put(input.name(), input);
            offset += input.width();
        }
        return inputs;
    }

    private static List<Layer> embeddings(ModelGraph graph, ModelGraph.Ref ref) {
        return graph.calls().stream()
                .filter(call ->
                        call.inputs().contains(ref) && call.layer().className().equals("Embedding"))
                .map(Call::layer)
                .toList();
    }

    private static ModelInput of(Layer layer, long offset, List<Layer> embeddings) {
        if (!layer.className().equals("InputLayer")) {
            throw layer.malformed("is the model's input, but not an InputLayer");
        }
        JsonNode shape = layer.config().path("batch_shape");
        shape = shape.isArray() ? shape : layer.config().path("batch_input_shape");
        if (shape.size() > 3) {
            throw layer.unsupported(
                    "reads arrays of " + (shape.size() - 1) + " dimensions, but only steps and features are supported");
        }
        List<Integer> sizes = new ArrayList<>();
        for (JsonNode size : shape) {
            if (!size.isNull() && (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 1)) {
                throw layer.malformed("must have a shape of sizes of at least 1, but has " + shape);
            }
            sizes.add(size.isNull() ? -1 : size.intValue());
        }
        if (!embeddings.isEmpty()) {
            if (sizes.size() == 3) {
                throw layer.unsupported("reads several indices in one step, which is not supported");
            }
            int rows = embeddings.get(0).size("input_dim", "input_dim");
            if (embeddings.stream().anyMatch(one -> one.size("input_dim", "input_dim") != rows)) {
                throw layer.unsupported("is read by embeddings of different sizes, which is not supported");
            }
            int steps = sizes.size() == 2 ? sizes.get(1) : sizes.size() == 1 ? GraphValue.NO_STEPS : GraphValue.ANY;
            return new ModelInput(layer.name(), offset, rows, steps, true);
        }
        return switch (sizes.size()) {
            case 3 -> new ModelInput(layer.name(), offset, sizes.get(2), sizes.get(1), false);
            case 2 -> new ModelInput(layer.name(), offset, sizes.get(1), GraphValue.NO_STEPS, false);
            case 1 -> new ModelInput(layer.name(), offset, 1, GraphValue.NO_STEPS, false);
            default -> new ModelInput(layer.name(), offset, -1, GraphValue.ANY, false);
        };
    }

    /** Returns the field of the spec for this input, for a model with several inputs. */
    ObjectNode field() {
        String encoding = index ? "one-hot" : width == 1 ? "number" : "dense";
        return KerasJson.newObject()
                .put("field", "/" + name)
                .put("encoding", encoding)
                .put("size", width);
    }
}
