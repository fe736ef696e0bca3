package io.lstmstreams.importer.tensorflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.Map;

/**
 * A layer as it goes into a draft.
 *
 * @param scope where its variables lie
 * @param spec its cell and options
 * @param parameters by the draft's names
 * @param inputs how many numbers it reads
 * @param outputs how many it gives
 */
record Layer(String scope, ObjectNode spec, Map<String, Tensor> parameters, long inputs, long outputs) {}
