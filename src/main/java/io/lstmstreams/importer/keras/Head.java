package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Output;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of a graph that becomes a head: the last dense layer of an output with the activation after it, or only the
 * activation.
 *
 * @param name the output's name
 * @param dense the call of the dense layer, if there is one
 * @param activation the activation after the dense layer, if there is one
 * @param from the head's input
 * @param calls the calls that are part of the head
 */
record Head(String name, @Nullable Call dense, @Nullable JsonNode activation, Ref from, Set<Ref> calls) {

    static Head of(Output output, ModelGraph graph, GraphTranslator translator) {
        Set<Ref> part = new HashSet<>();
        JsonNode activation = null;
        Ref at = output.ref();
        while (graph.readers(at) == 1) {
            Call call = translator.call(at);
            Layer layer = LayerClasses.unwrapped(call.layer());
            boolean dense = StatelessLayers.isDense(call.layer());
            if (dense && (activation == null || translator.isLinear(call.layer()))) {
                part.add(at);
                return new Head(output.name(), call, activation, GraphTranslator.only(call), part);
            }
            if (dense || call.inputs().size() != 1) {
                break;
            }
            if (Activations.isLayer(layer.className())) {
                if (activation != null) {
                    break;
                }
                activation = translator.activation(layer);
            } else if (!LayerClasses.vanishes(layer)) {
                break;
            }
            part.add(at);
            at = call.inputs().get(0);
        }
        return new Head(output.name(), null, activation, at, part);
    }

    /** Returns the activation of a head without a dense layer. */
    JsonNode activationOrLinear() {
        return activation == null ? new TextNode("linear") : activation;
    }
}
