package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/**
 * A layer of a draft.
 *
 * @param spec its cell and options
 * @param parameters by the draft's names
 * @param outputs how many numbers it gives
 */
record Cell(ObjectNode spec, Map<String, Tensor> parameters, long outputs) {}
