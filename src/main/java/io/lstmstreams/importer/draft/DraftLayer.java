package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * One layer of a draft.
 *
 * @param spec the layer's cell and options
 * @param parameters the parameters by the names of {@link io.lstmstreams.modelfile.ModelContent}; a tensor keeps its
 *     name in the file, for errors
 * @param outputs the number of output values; -1 if unknown
 * @param assumptions the options that the file does not state
 */
public record DraftLayer(ObjectNode spec, Map<String, Tensor> parameters, long outputs, List<Assumption> assumptions) {
    /**
     * An option that the file does not state.
     *
     * @param option the option's name in a spec; the layer's spec has its value, or the value is the spec's default
     * @param value the value for the user
     */
    public record Assumption(String option, String value, Origin origin) {}

    /** Creates a layer whose options are all stated by the file. */
    public DraftLayer(ObjectNode spec, Map<String, Tensor> parameters, long outputs) {
        this(spec, parameters, outputs, List.of());
    }
}
