package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.util.ArrayList;
import java.util.List;

/** Creates a draft from weights without a configuration: a chain of layers, inferred from names and shapes. */
final class BareWeights {
    private final KerasFile file;
    private final List<FoundLayer> layers;

    private BareWeights(KerasFile file, List<FoundLayer> layers) {
        this.file = file;
        this.layers = layers;
    }

    /**
     * Returns a draft without the options that weights do not contain.
     *
     * @param spec the user's spec, for the order of the layers
     */
    static Draft draft(KerasFile file, ObjectNode spec) {
        Hdf5Group stored = StoredWeights.layers(file.weights());
        List<FoundLayer> layers = stored == null
                ? FoundLayer.of(new LayeredWeights(file.weights(), file.file()), file.weights(), file.file())
                : LayerOrder.of(FoundLayer.ofStored(stored, file.file()), spec, file.file());
        if (layers.isEmpty()) {
            throw new Malformed(file.file(), "does not contain weights");
        }
        return new BareWeights(file, layers).draft();
    }

    private Draft draft() {
        ObjectNode config = KerasJson.newObject().put("class_name", "Sequential");
        ArrayNode entries = config.putObject("config").putArray("layers");
        input(entries);
        layers.forEach(layer ->
                entries.addObject().put("class_name", layer.className()).set("config", layer.config()));
        boolean softmax = endsInProbabilities();
        FoundLayer last = layers.get(layers.size() - 1);
        if (softmax) {
            JsonNode options = last.className().equals("Dense")
                    ? last.config()
                    : last.config().path("layer").path("config");
            ((ObjectNode) options).put("activation", "softmax");
        }
        ModelGraph graph = new GraphReader(file.file(), file.generation()).read(config);
        Weights weights = Weights.of(file.weights(), graph, file.file());
        Draft draft = new GraphTranslator(file.file(), file.generation(), graph, weights).translate();
        weights.refuseLeftovers();
        return withoutGuesses(draft, softmax);
    }

    private void input(ArrayNode entries) {
        FoundLayer first = layers.get(0);
        ArrayNode shape = entries.addObject()
                .put("class_name", "InputLayer")
                .putObject("config")
                .put("name", "the model's input")
                .putArray("batch_shape");
        shape.addNull().addNull();
        if (first.inputs() > 0) {
            shape.add(first.inputs());
        }
    }

    /** Returns whether the last layer has as many outputs as the first has inputs, or one more or less: it predicts events. */
    private boolean endsInProbabilities() {
        FoundLayer first = layers.get(0);
        FoundLayer last = layers.get(layers.size() - 1);
        long events = first.cell().equals("embedding")
                ? first.config().path("input_dim").asLong()
                : first.inputs();
        return last.cell().equals("dense") && Math.abs(last.outputs() - events) <= 1 && events > 1;
    }

    private static Draft withoutGuesses(Draft draft, boolean softmax) {
        List<String> notes = new ArrayList<>(draft.notes());
        List<String> unseen = new ArrayList<>();
        int position = 0;
        for (JsonNode layer : draft.spec().path("layers")) {
            ObjectNode options = (ObjectNode) layer;
            if (options.remove("activation") != null) {
                unseen.add("layers[" + position + "].activation");
            }
            if (options.remove("recurrentActivation") != null) {
                unseen.add("layers[" + position + "].recurrentActivation");
            }
            if (options.path("cell").asText().equals("embedding")) {
                unseen.add("layers[" + position + "].maskZero");
            }
            if (options.has("epsilon")) {
                unseen.add("layers[" + position + "].epsilon");
            }
            if (options.path("cell").asText().equals("gru")
                    && !draft.layers().get(position).containsKey("bias_ih")) {
                unseen.add("layers[" + position + "].resetAfter");
            }
            position++;
        }
        notes.add(
                "a file of weights alone does not state these settings; they have their defaults unless --spec gives them: "
                        + String.join(", ", unseen));
        notes.add("the head's activation is assumed to be " + (softmax ? "softmax" : "linear")
                + "; a file of weights alone does not state it");
        return new Draft(draft.spec(), draft.layers(), draft.heads(), List.copyOf(notes));
    }
}
