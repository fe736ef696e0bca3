package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.importer.keras.ModelGraph.Call;
import io.lstmstreams.importer.keras.ModelGraph.Ref;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls of a layer in a functional model, with their inputs. Keras 1 and 2 write a call as a list of
 * {@code [layer, call, tensor, arguments]}, Keras 3 as its arguments, with a {@code keras_history} for each tensor.
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
            List<Ref> states = new ArrayList<>();
            if (node.isObject()) {
                node.path("args").forEach(argument -> tensors(argument, inputs, 0));
                named(node.path("kwargs"));
                tensors(node.path("kwargs").path("initial_state"), states, 0);
            } else {
                // A single tensor may be written without a list.
                (node.path(0).isTextual() ? List.of(node) : node).forEach(input -> inputs.add(older(input)));
            }
            if (inputs.isEmpty()) {
                throw layer.malformed("is called without inputs");
            }
            if (isRecurrent()) { // Keras 2 lists the states after the input
                states.addAll(0, inputs.subList(1, inputs.size()));
                inputs.subList(1, inputs.size()).clear();
            }
            calls.add(new Call(layer, new Ref(layer.name(), calls.size()), List.copyOf(inputs), List.copyOf(states)));
        }
        return calls;
    }

    private boolean isRecurrent() {
        return layer.className().equals("RNN") || RecurrentLayers.isLayer(layer.className());
    }

    private Ref older(JsonNode input) {
        named(input.path(3));
        return ref(input);
    }

    private Ref ref(JsonNode history) {
        if (!history.path(0).isTextual() || !history.path(1).isInt()) {
            throw layer.malformed("is called on an input that is not the output of a layer");
        }
        return new Ref(
                history.path(0).textValue(),
                history.path(1).intValue(),
                history.path(2).asInt(0));
    }

    private void tensors(JsonNode argument, List<Ref> inputs, int depth) {
        if (argument.isArray() && depth < MAX_NESTING) {
            argument.forEach(one -> tensors(one, inputs, depth + 1));
        } else if (argument.path("class_name").asText("").equals("__keras_tensor__")) {
            inputs.add(ref(argument.path("config").path("keras_history")));
        } else if (argument.isMissingNode()) {
            return;
        } else if (!argument.isNull() && !layer.operation()) {
            throw layer.unsupported("is called with a constant, which is not supported");
        } else if (!argument.isNull() && !isOfMask(layer.className())) {
            throw layer.unsupported("is a function that computes with a constant, which is not supported");
        }
    }

    /** Returns whether a function is one by which Keras 3 computes masks. */
    static boolean isOfMask(String className) {
        return switch (className) {
            case "NotEqual", "Any", "LogicalOr", "LogicalAnd", "ExpandDims", "Squeeze", "ZerosLike", "OnesLike" -> true;
            default -> false;
        };
    }

    /** Checks named arguments. A mask follows from the layers below, and training=false is the default of inference. */
    private void named(JsonNode arguments) {
        arguments.properties().forEach(argument -> {
            JsonNode value = argument.getValue();
            String name = argument.getKey();
            boolean ignored = value.isNull() || name.equals("training") && value.isBoolean() && !value.booleanValue();
            if (ignored || name.equals("mask") && generation == 3 || layer.operation() && isOfMask(layer.className())) {
                return;
            }
            if (name.equals("initial_state") && isRecurrent()) {
                return;
            }
            String reason = switch (name) {
                case "training" -> "is called with training=true, which makes its output random";
                default -> "is called with the argument " + name + ", which is not supported";
            };
            throw layer.unsupported(reason);
        });
    }
}
