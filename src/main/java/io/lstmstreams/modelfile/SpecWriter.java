package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.Layer;
import io.lstmstreams.recurrent.Network;

/** Writes a model's spec without settings that have their default. */
final class SpecWriter {
    private SpecWriter() {}

    /** Returns the complete spec as one line of JSON. */
    static String write(Model model) {
        Network network = model.network();
        ObjectNode spec = SpecJson.MAPPER.createObjectNode().put("name", network.name());
        spec.set("input", InputSpec.write(model));
        spec.putArray("layers");
        boolean chain = network.wiring().isChain();
        for (int i = 0; i < network.layers().size(); i++) {
            Layer layer = network.layers().get(i);
            ObjectNode node = spec.withArray("/layers").addObject().put("cell", layer.specName());
            LayerTypes.of(layer).writeSpec(layer, node);
            if (!chain) {
                node.set(
                        "from",
                        SpecJson.MAPPER.valueToTree(network.wiring().layers().get(i)));
            }
        }
        spec.putArray("heads");
        for (int i = 0; i < network.heads().size(); i++) {
            Head head = network.heads().get(i);
            ObjectNode node = spec.withArray("/heads").addObject().put("name", head.name());
            node.set("activation", ActivationSpec.write(head.activation()));
            if (!chain) {
                node.put("from", network.wiring().heads().get(i));
            }
        }
        spec.set("execution", ExecutionSpec.write(network.execution()));
        ScoringSpec.put(spec, network.scoring());
        return spec.toString();
    }

    /** Writes a limit into a layer's spec, unless the limit is 0, no limit. */
    static void putLimit(ObjectNode layer, String name, float limit) {
        if (limit > 0f) {
            layer.put(name, limit);
        }
    }
}
