package io.lstmstreams.importer.onnx;

import io.lstmstreams.importer.onnx.format.OnnxAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the attributes of LSTM, GRU and RNN that name their activations. */
final class RecurrentActivations {
    private RecurrentActivations() {}

    private static final Set<String> AGREED = Set.of("leaky_relu", "hard_sigmoid", "elu");

    /** Returns the activations. Only those with parameters take values from activation_alpha and activation_beta. */
    static List<Activation> of(Call call, Activation... defaults) {
        OnnxAttribute names = call.node().attributes().get("activations");
        if (names == null || names.texts().isEmpty()) {
            return List.of(defaults);
        }
        if (names.texts().size() != defaults.length) {
            throw call.malformed("must have " + defaults.length + " activations, but has "
                    + names.texts().size());
        }
        float[] alphas = floats(call, "activation_alpha");
        float[] betas = floats(call, "activation_beta");
        int alpha = 0;
        int beta = 0;
        List<Activation> activations = new ArrayList<>();
        for (String name : names.texts()) {
            Activation activation = Activation.onnx(name)
                    .orElseThrow(() -> call.unsupported("its activation " + name + " does not exist in ONNX"));
            Float newAlpha = activation.alpha();
            Float newBeta = activation.beta();
            boolean isAgreed = AGREED.contains(activation.name()); // ONNX Runtime's defaults differ for the rest
            if (newAlpha != null && (alpha < alphas.length || !isAgreed)) {
                newAlpha = alpha < alphas.length ? alphas[alpha] : newAlpha;
                alpha++;
            }
            if (newBeta != null && (beta < betas.length || !isAgreed)) {
                newBeta = beta < betas.length ? betas[beta] : newBeta;
                beta++;
            }
            activations.add(activation.with(newAlpha, newBeta));
        }
        if (alpha > alphas.length || beta > betas.length) {
            throw call.unsupported("must have activation_alpha and activation_beta for all of " + names.texts()
                    + ", because the defaults of runtimes differ");
        }
        return activations;
    }

    private static float[] floats(Call call, String attribute) {
        OnnxAttribute value = call.node().attributes().get(attribute);
        return value == null ? new float[0] : value.numbers();
    }
}
