package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One head of a draft.
 *
 * @param name the head's name
 * @param activation the activation in the form of a spec, if the file states it
 * @param origin the origin of the activation, if the file states it only indirectly
 * @param from the position of the layer that the head reads
 * @param parameters the parameters {@code weight} and {@code bias}; empty if the head's output is its input
 * @param outputs the number of output values
 * @param source the head's place in the file, for notes
 */
public record DraftHead(
        String name,
        @Nullable JsonNode activation,
        @Nullable Origin origin,
        int from,
        Map<String, Tensor> parameters,
        long outputs,
        String source) {
    /** Creates a head whose activation the file does not state. */
    public DraftHead(String name, int from, Map<String, Tensor> parameters, long outputs, String source) {
        this(name, null, null, from, parameters, outputs, source);
    }

    DraftHead withName(String other) {
        return new DraftHead(other, activation, origin, from, parameters, outputs, source);
    }

    DraftHead withActivation(JsonNode stated) {
        return new DraftHead(name, stated, Origin.SPEC, from, parameters, outputs, source);
    }

    DraftHead withoutActivation() {
        return new DraftHead(name, from, parameters, outputs, source);
    }

    boolean isProbabilities() {
        return isNamed("softmax") || isNamed("log_softmax");
    }

    /** Returns whether the outputs may be logits, whose softmax is computed outside of the model. */
    boolean isLogits() {
        return isNamed("linear") && !parameters.isEmpty();
    }

    boolean isStatedByUser() {
        return Origin.SPEC.equals(origin);
    }

    private boolean isNamed(String function) {
        return activation != null && function.equals(activation.path("name").asText(activation.asText()));
    }
}
