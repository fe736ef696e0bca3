package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.importer.draft.Draft;
import io.lstmstreams.importer.draft.DraftLayer;
import io.lstmstreams.importer.draft.Origin;
import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.ArrayList;
import java.util.List;

/** Creates a draft from weights without a configuration: a chain of layers, inferred from names and shapes. */
final class UnconfiguredModel {
    private static final Origin CHAIN = Origin.inferred(
            "because names and sizes in the file suggest it; a chain whose" + " layers run forwards is assumed");

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
        List<String> names = stored == null
                ? LayeredWeights.layerNames(file.weights())
                : List.copyOf(stored.groups().keySet());
        List<InferredLayer> found = stored == null
                ? InferredLayer.of(new LayeredWeights(file.weights(), file.file()), names, file.version(), file.file())
                : InferredLayer.ofStored(stored, file.file());
        if (found.isEmpty()) {
            throw new Malformed(file.file(), "does not contain weights");
        }
        boolean functional = checkLayersWithoutWeights(names, found, stored != null, spec, file.file());
        List<InferredLayer> layers = stored == null ? found : LayerOrder.of(found, spec, file.file());
        if (functional && !LayerOrder.states(spec, layers)) {
            checkConnections(layers, file.file());
        }
        return new UnconfiguredModel(file, layers).draft();
    }

    /** Checks the layers without weights, and returns whether the model has an input layer, as functional models do. */
    private static boolean checkLayersWithoutWeights(
            List<String> names, List<InferredLayer> found, boolean sortedByClass, ObjectNode spec, String file) {
        int inputs = 0;
        String before = ""; // the cell of the last layer with weights
        for (String name : names) {
            InferredLayer layer = found.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElse(null);
            if (layer != null) {
                before = layer.cell();
                continue;
            }
            switch (LayerNames.withoutWeights(name, file)) {
                case INPUT -> inputs++;
                case ACTIVATION -> {
                    if (sortedByClass || !before.equals("dense")) {
                        throw new Unsupported(
                                file + ": layer " + name,
                                "is an activation whose " + (sortedByClass ? "place and " : "")
                                        + "function the file does not state; " + LayerNames.GIVE_CONFIGURATION);
                    }
                    before = "activation";
                }
                case UNKNOWN -> {
                    if (sortedByClass || !LayerOrder.states(spec, found)) {
                        throw new Unsupported(
                                file + ": layer " + name,
                                "has no weights, and its name does not tell what it computes; "
                                        + LayerNames.GIVE_CONFIGURATION
                                        + (sortedByClass
                                                ? ""
                                                : ", or if the model only is the chain of its layers with weights, give"
                                                        + " --spec '" + LayerOrder.spec(found) + "'"));
                    }
                }
                case NOTHING -> {
                    // changes no number
                }
            }
        }
        if (inputs > 1) {
            throw new Unsupported(
                    file,
                    "has " + inputs + " inputs, and does not state which layers read them; "
                            + LayerNames.GIVE_CONFIGURATION);
        }
        return inputs > 0;
    }

    /** Refuses a functional model whose dense layers may be a chain or heads side by side. */
    private static void checkConnections(List<InferredLayer> layers, String file) {
        for (int i = 2; i < layers.size(); i++) {
            InferredLayer layer = layers.get(i);
            InferredLayer below = layers.get(i - 1);
            for (InferredLayer other : layers.subList(0, i - 1)) {
                boolean dense = layer.cell().equals("dense") && below.cell().equals("dense");
                if (dense && other.outputs() == layer.inputs()) {
                    throw new Unsupported(
                            file,
                            "does not state whether layer " + layer.name() + " reads " + below.name() + " or "
                                    + other.name() + "; " + LayerNames.GIVE_CONFIGURATION
                                    + ", or if the layers are a chain, give --spec '" + LayerOrder.spec(layers) + "'");
                }
            }
        }
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
        Draft draft = new GraphTranslator(file.file(), file.version(), graph, weights).translate();
        weights.refuseLeftovers();
        markAssumptions(draft);
        draft.headActivationsAreUnknown();
        draft.requireHeadActivations();
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

    /** Records the options that the weights do not state: defaults of the version, or required of the user. */
    private void markAssumptions(Draft draft) {
        Origin origin = Origin.defaultOf(file.version().writer());
        for (int position = 0; position < draft.layers().size(); position++) {
            DraftLayer layer = draft.layers().get(position);
            ObjectNode options = layer.spec();
            String cell = options.path("cell").asText();
            String owner =
                    "layer " + (position < layers.size() ? layers.get(position).name() : cell);
            draft.assume(position, "cell", cell, CHAIN);
            if (cell.equals("dense")) {
                options.remove("activation");
                draft.require(position, "activation", owner, new TextNode("relu"));
            } else if (options.remove("activation") != null) {
                draft.assume(position, "activation", "tanh", origin);
            }
            if (options.remove("recurrentActivation") != null) {
                String usual = file.version().recurrentActivation();
                if (usual == null) {
                    draft.require(position, "recurrentActivation", owner, new TextNode("sigmoid"));
                } else {
                    options.put("recurrentActivation", usual);
                    draft.assume(position, "recurrentActivation", usual, origin);
                }
            }
            if (cell.equals("embedding")) {
                draft.assume(position, "maskZero", "false", origin);
            }
            if (options.path("epsilon").asDouble() > 0) {
                draft.assume(position, "epsilon", options.path("epsilon").asText(), origin);
            }
            if (cell.equals("gru") && !layer.parameters().containsKey("bias_ih")) {
                Boolean resetAfter = file.version().resetAfter();
                if (resetAfter == null) {
                    draft.require(position, "resetAfter", owner, BooleanNode.TRUE);
                } else {
                    options.put("resetAfter", resetAfter);
                    draft.assume(position, "resetAfter", resetAfter.toString(), origin);
                }
            }
        }
    }
}
