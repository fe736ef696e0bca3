package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.ModelContent;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A spec and parameters that an importer found in a foreign file, as in {@link ModelContent}. Settings that the file does not
 * state may be missing; the user's spec is laid over the draft before it becomes a model.
 *
 * @param spec {@code input}, {@code layers}, {@code heads} and {@code execution} as far as the file states them; as many layers
 *     and heads as the lists below
 * @param layers the parameters of each layer by name; a tensor keeps its name in the file, for errors
 * @param heads the parameters of each head by name
 * @param notes the inferred settings with the reasons, one line each, for the user
 */
public record Draft(
        ObjectNode spec, List<Map<String, Tensor>> layers, List<Map<String, Tensor>> heads, List<String> notes) {
    /** Returns the draft without its notes. */
    public ModelContent content() {
        return new ModelContent(spec, layers, heads);
    }
}
