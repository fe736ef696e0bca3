package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Activation.Kind;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An activation in a spec: a name, or {@code {"name":"hard_sigmoid","alpha":0.2,"beta":0.5}}. */
final class ActivationSpec {
    private ActivationSpec() {}

    /**
     * Reads an activation.
     *
     * @param node the activation in the spec, if the spec states one
     * @param otherwise the activation if the spec states none
     * @param where the file and the layer, for errors
     */
    static Activation read(@Nullable JsonNode node, Activation otherwise, String where) {
        if (node == null || node.isNull()) {
            return otherwise;
        }
        String name = (node.isObject() ? node.path("name") : node).textValue();
        if (name == null) {
            throw new Malformed(where, "an activation must be a name, or an object with a name");
        }
        Kind kind = Kind.named(name)
                .orElseThrow(() ->
                        new Unsupported(where, "activation " + name + " is not supported; supported: " + names()));
        Activation defaults = Activation.of(kind);
        float alpha = parameter(node, "alpha", kind.hasAlpha(), defaults.alpha(), where);
        float beta = parameter(node, "beta", kind.hasBeta(), defaults.beta(), where);
        return new Activation(kind, alpha, beta);
    }

    private static float parameter(JsonNode node, String name, boolean exists, float otherwise, String where) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!exists || !value.isNumber() || !Float.isFinite(value.floatValue())) {
            throw new Malformed(
                    where,
                    "activation " + node.path("name").textValue()
                            + (exists ? "'s " + name + " must be a finite number" : " has no parameter " + name));
        }
        return value.floatValue();
    }

    private static String names() {
        return Arrays.stream(Kind.values()).map(Kind::specName).collect(Collectors.joining(", "));
    }

    /** Returns an activation as it is written in a spec. */
    static JsonNode write(Activation activation) {
        String name = activation.kind().specName();
        if (activation.hasDefaults()) {
            return TextNode.valueOf(name);
        }
        ObjectNode node = SpecJson.MAPPER.createObjectNode().put("name", name);
        if (activation.kind().hasAlpha()) {
            node.put("alpha", activation.alpha());
        }
        if (activation.kind().hasBeta()) {
            node.put("beta", activation.beta());
        }
        return node;
    }

    /** Writes an activation into a layer's spec, unless the activation is the usual one. */
    static void put(ObjectNode layer, String name, Activation activation, Activation usual) {
        if (!activation.equals(usual)) {
            layer.set(name, write(activation));
        }
    }
}
