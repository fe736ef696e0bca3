package io.lstmstreams.importer.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A function of one number, or softmax.
 *
 * @param name the name in a spec
 * @param alpha the first parameter, if the function has one
 * @param beta the second parameter, if the function has one
 */
record Activation(
        String name, @Nullable Float alpha, @Nullable Float beta) {
    static final Activation LINEAR = of("linear");
    static final Activation SIGMOID = of("sigmoid");
    static final Activation TANH = of("tanh");

    /** Parts of a GELU and of a softsign that are written out; not activations of a spec. */
    static final Activation ERF = of("erf");

    static final Activation ABS = of("abs");

    /**
     * The activations of the recurrent operators and the operators of the same name (onnx/docs/Operators.md), with
     * defaults.
     */
    private static final Map<String, Activation> ONNX = Map.ofEntries(
            Map.entry("relu", of("relu")),
            Map.entry("tanh", TANH),
            Map.entry("sigmoid", SIGMOID),
            Map.entry("affine", new Activation("affine", 1f, 0f)),
            Map.entry("leakyrelu", new Activation("leaky_relu", 0.01f, null)),
            Map.entry("thresholdedrelu", new Activation("thresholded_relu", 1f, null)),
            Map.entry("scaledtanh", new Activation("scaled_tanh", 1f, 1f)),
            Map.entry("hardsigmoid", new Activation("hard_sigmoid", 0.2f, 0.5f)),
            Map.entry("elu", new Activation("elu", 1f, null)),
            Map.entry("softsign", of("softsign")),
            Map.entry("softplus", of("softplus")));

    static Activation of(String name) {
        return new Activation(name, null, null);
    }

    /** Returns the activation with this name in ONNX, in any case, with the defaults of its parameters. */
    static Optional<Activation> onnx(String name) {
        return Optional.ofNullable(ONNX.get(name.toLowerCase(Locale.ROOT)));
    }

    Activation with(@Nullable Float newAlpha, @Nullable Float newBeta) {
        return new Activation(name, alpha == null ? null : newAlpha, beta == null ? null : newBeta);
    }

    /** Returns whether the activation is a function of single elements. */
    boolean isElementwise() {
        return !name.equals("softmax") && !name.equals("log_softmax");
    }

    /** Returns whether 1 - f(z) is f(-z). */
    boolean isSymmetricGate() {
        return equals(SIGMOID) || (name.equals("hard_sigmoid") && beta != null && beta == 0.5f);
    }

    /** Returns whether a spec can contain the activation. */
    boolean isKnown() {
        return !equals(ERF) && !equals(ABS);
    }

    /** Returns the form in a spec: the name, or an object if a parameter differs from its default. */
    JsonNode json() {
        boolean isDefault =
                alpha == null || (ONNX.containsValue(this) && !name.equals("affine") && !name.equals("scaled_tanh"));
        if (isDefault) {
            return JsonNodeFactory.instance.textNode(name);
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", name).put("alpha", alpha);
        if (beta != null) {
            node.put("beta", beta);
        }
        return node;
    }
}
