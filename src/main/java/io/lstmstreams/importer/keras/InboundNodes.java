package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import java.util.ArrayList;
import java.util.List;

/**
 * How often and on what a layer of a functional model is called. Keras 1 and 2 write a call as a list of
 * {@code [layer, call, tensor, arguments]}, Keras 3 as its arguments, with a {@code keras_history} where a tensor stands.
 */
final class InboundNodes {
    private static final int MAX_NESTING = 8;

    private final Layer layer;
    private final int generation;

    InboundNodes(Layer layer, int generation) {
        this.layer = layer;
        this.generation = generation;
    }

    List<Call> calls(JsonNode nodes) {
        List<Call> calls = new ArrayList<>();
        if (layer.className().equals("InputLayer")) {
            calls.add(new Call(layer, new Ref(layer.name(), 0), List.of()));
            return calls;
        }
        for (JsonNode node : nodes) {
            List<Ref> inputs = new ArrayList<>();
            if (node.isObject()) {
                node.path("args").forEach(argument -> tensors(argument, inputs, 0));
                named(node.path("kwargs"));
            } else {
                // A single tensor may stand without a list around it.
                (node.path(0).isTextual() ? List.of(node) : node).forEach(input -> inputs.add(older(input)));
            }
            if (inputs.isEmpty()) {
                throw layer.malformed("is called on nothing");
            }
            calls.add(new Call(layer, new Ref(layer.name(), calls.size()), inputs));
        }
        return calls;
    }

    private Ref older(JsonNode input) {
        named(input.path(3));
        return ref(input);
    }

    private Ref ref(JsonNode history) {
        if (!history.path(0).isTextual() || !history.path(1).isInt()) {
            throw layer.malformed("is called on something that is no output of a layer");
        }
        if (history.path(2).asInt(0) != 0) {
            throw layer.unsupported("reads the state of " + history.path(0).textValue() + ", as a decoder does");
        }
        return new Ref(history.path(0).textValue(), history.path(1).intValue());
    }

    private void tensors(JsonNode argument, List<Ref> inputs, int depth) {
        if (argument.isArray() && depth < MAX_NESTING) {
            argument.forEach(one -> tensors(one, inputs, depth + 1));
        } else if (argument.path("class_name").asText("").equals("__keras_tensor__")) {
            inputs.add(ref(argument.path("config").path("keras_history")));
        } else if (!argument.isNull() && !layer.operation()) {
            throw layer.unsupported("is called with a fixed value");
        } else if (!argument.isNull() && !isOfMask(layer.className())) {
            throw layer.unsupported("computes with a fixed value");
        }
    }

    /** Whether a function is one of those by which Keras 3 computes masks. */
    static boolean isOfMask(String className) {
        return className.equals("NotEqual") || className.equals("Any");
    }

    /** The arguments with names: a mask follows from the layers below, and at inference nothing is trained. */
    private void named(JsonNode arguments) {
        arguments.properties().forEach(argument -> {
            JsonNode value = argument.getValue();
            String name = argument.getKey();
            boolean nothing = value.isNull() || name.equals("training") && value.isBoolean() && !value.booleanValue();
            if (nothing || name.equals("mask") && generation == 3 || layer.operation() && isOfMask(layer.className())) {
                return;
            }
            String reason = switch (name) {
                case "training" -> "is set to behave as in training, which is random";
                case "initial_state" -> "starts from a state that other layers compute, as a decoder does";
                default -> "is called with an argument " + name;
            };
            throw layer.unsupported(reason);
        });
    }
}
