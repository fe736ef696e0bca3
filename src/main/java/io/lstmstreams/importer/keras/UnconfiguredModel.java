package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.Origin;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.util.ArrayList;
import java.util.List;

/** Creates a draft from weights without a configuration: a chain of layers, inferred from names and shapes. */
final class UnconfiguredModel {
    private final KerasFile file;
    private final List<InferredLayer> layers;

    private UnconfiguredModel(KerasFile file, List<InferredLayer> layers) {
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
        List<InferredLayer> layers = stored == null
                ? InferredLayer.of(new LayeredWeights(file.weights(), file.file()), file.weights(), file.file())
                : LayerOrder.of(InferredLayer.ofStored(stored, file.file()), spec, file.file());
        if (layers.isEmpty()) {
            throw new Malformed(file.file(), "does not contain weights");
        }
        return new UnconfiguredModel(file, layers).draft();
    }

    private Draft draft() {
        List<Layer> chain = new ArrayList<>();
        chain.add(input());
        for (InferredLayer layer : layers) {
            String where = file.file() + ": layer " + layer.name() + " (" + layer.className() + ")";
            chain.add(new Layer(layer.className(), layer.name(), layer.config(), false, where));
        }
        ModelGraph graph = ModelGraph.chain(chain);
        Weights weights = Weights.of(file.weights(), graph, file.file());
        Draft draft = new GraphTranslator(file.file(), file.generation(), graph, weights).translate();
        weights.refuseLeftovers();
        markAssumptions(draft);
        draft.headActivationsAreUnknown();
        return draft;
    }

    private Layer input() {
        ObjectNode config = KerasJson.newObject();
        ArrayNode shape = config.putArray("batch_shape").addNull().addNull();
        long inputs = layers.get(0).inputs();
        if (inputs > 0) {
            shape.add(inputs);
        }
        return new Layer("InputLayer", "the model's input", config, false, file.file());
    }

    /** Records the options that the weights do not state as assumptions. */
    private static void markAssumptions(Draft draft) {
        Origin origin = Origin.defaultOf("lstm-streams");
        for (int position = 0; position < draft.layers().size(); position++) {
            DraftLayer layer = draft.layers().get(position);
            ObjectNode options = layer.spec();
            String cell = options.path("cell").asText();
            if (options.remove("activation") != null) {
                draft.assume(position, "activation", cell.equals("dense") ? "linear" : "tanh", origin);
            }
            if (options.remove("recurrentActivation") != null) {
                draft.assume(position, "recurrentActivation", "sigmoid", origin);
            }
            if (cell.equals("embedding")) {
                draft.assume(position, "maskZero", "false", origin);
            }
            if (options.has("epsilon")) {
                draft.assume(position, "epsilon", options.path("epsilon").asText(), origin);
            }
            if (cell.equals("gru") && !layer.parameters().containsKey("bias_ih")) {
                draft.assume(position, "resetAfter", options.path("resetAfter").asText(), origin);
            }
        }
    }
}
