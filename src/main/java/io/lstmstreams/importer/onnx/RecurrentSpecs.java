package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Creates the specs of recurrent layers. An activation that is the spec's default is omitted. */
final class RecurrentSpecs {
    private RecurrentSpecs() {}

    static ObjectNode lstm(int units, Activation recurrent, Activation candidate, Activation output) {
        ObjectNode spec = spec("lstm", units);
        put(spec, "recurrentActivation", recurrent, Activation.SIGMOID);
        put(spec, "activation", candidate, Activation.TANH);
        put(spec, "outputActivation", output, candidate);
        return spec;
    }

    /**
     * Returns the spec of a GRU.
     *
     * @param resetAfter true if the reset gate multiplies the product of the state and its weights, false if it
     *     multiplies the state
     */
    static ObjectNode gru(int units, Activation recurrent, Activation candidate, boolean resetAfter) {
        ObjectNode spec = spec("gru", units);
        put(spec, "recurrentActivation", recurrent, Activation.SIGMOID);
        put(spec, "activation", candidate, Activation.TANH);
        if (!resetAfter) {
            spec.put("resetAfter", false);
        }
        return spec;
    }

    static ObjectNode rnn(int units, Activation activation) {
        ObjectNode spec = spec("rnn", units);
        put(spec, "activation", activation, Activation.TANH);
        return spec;
    }

    private static ObjectNode spec(String cell, int units) {
        return JsonNodeFactory.instance.objectNode().put("cell", cell).put("units", units);
    }

    private static void put(ObjectNode spec, String field, Activation activation, Activation usual) {
        if (!activation.equals(usual)) {
            spec.set(field, activation.json());
        }
    }
}
