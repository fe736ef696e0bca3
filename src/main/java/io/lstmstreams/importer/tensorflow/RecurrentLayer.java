package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/**
 * A recurrent layer of a draft.
 *
 * @param scope the scope of its variables
 * @param spec its cell and options
 * @param parameters the parameters by the names of {@link io.lstmstreams.modelfile.ModelContent}
 * @param inputs the number of input values
 * @param outputs the number of output values
 */
record RecurrentLayer(String scope, ObjectNode spec, Map<String, Tensor> parameters, long inputs, long outputs) {}
