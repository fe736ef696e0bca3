package io.lstmstreams.modelfile.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** What Keras' layers are made with and no variable tells. */
interface KerasOptions {
    /** Knows nothing: there is no graph. */
    KerasOptions NONE = new KerasOptions() {};

    /** The activation of the dense layer whose variables lie in a scope, if it is known. */
    default Optional<String> denseActivation(String scope) {
        return Optional.empty();
    }

    /** Whether the embedding whose variables lie in a scope skips index 0. */
    default boolean isMasked(String scope) {
        return false;
    }

    /**
     * Completes the options of a recurrent layer.
     *
     * @param given what the user's spec says of it
     * @param missing where to name the fields that neither knows
     */
    default void complete(Layer cell, int position, JsonNode given, List<String> missing) {
        List<String> fields = cell.spec().path("cell").asText().equals("rnn")
                ? List.of("activation")
                : List.of("activation", "recurrentActivation");
        for (String field : fields) {
            if (!cell.spec().has(field) && given.path(field).isMissingNode()) {
                missing.add("layers[" + position + "]." + field);
            }
        }
        boolean resets = cell.spec().path("cell").asText().equals("gru") && !cell.spec().has("resetAfter");
        if (resets && given.path("resetAfter").isMissingNode()) {
            missing.add("layers[" + position + "].resetAfter");
        }
    }
}
