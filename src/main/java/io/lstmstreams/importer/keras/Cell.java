package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/**
 * A layer of a draft.
 *
 * @param spec the layer's cell and options
 * @param parameters the parameters by the draft's names
 * @param outputs the number of output values
 */
record Cell(ObjectNode spec, Map<String, Tensor> parameters, long outputs) {}
