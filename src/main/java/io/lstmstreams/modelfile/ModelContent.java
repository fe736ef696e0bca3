package io.lstmstreams.modelfile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.input.Model;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * The content of a model file: a spec, and the parameters of layers and heads under PyTorch's names and in PyTorch's
 * orders.
 *
 * <p>Parameters by cell; all weights are {@code [outputs, inputs]}, parameters in parentheses are optional:
 *
 * <pre>
 * lstm        weight_ih [4H, X], weight_hh [4H, R], (bias_ih [4H]), (bias_hh [4H]), rows in order i, f, g, o;
 *             (weight_hr [P, H]) the projection; R is P with a projection and H without;
 *             (weight_pi [H]), (weight_pf [H]), (weight_po [H]) peepholes;
 *             (norm_i [H]), (norm_f [H]), (norm_g [H]), (norm_o [H]), (norm_c [H]) scales of a layer-normalised
 *             cell, and (norm_bias_i [H]) ... (norm_bias_c [H]) their shifts
 * gru         weight_ih [3H, X], weight_hh [3H, H], (bias_ih [3H]), (bias_hh [3H]), rows in order r, z, n
 * rnn         weight_ih [H, X], weight_hh [H, H], (bias_ih [H]), (bias_hh [H])
 * embedding   weight [V, D]
 * dense       weight [outputs, inputs], (bias [outputs]); a head has the same parameters, or none if its output is
 *             its input
 * batch_norm  (weight [N]), (bias [N]), running_mean [N], running_var [N]
 * layer_norm  (weight [N]), (bias [N])
 * </pre>
 *
 * @param spec {@code input}, {@code layers}, {@code heads} and {@code execution}; as many layers and heads as the lists
 *     below
 * @param layers the parameters of each layer by name; a tensor keeps its name in the file, for errors
 * @param heads the parameters of each head by name
 */
public record ModelContent(ObjectNode spec, List<Map<String, Tensor>> layers, List<Map<String, Tensor>> heads) {
    /**
     * Builds the model and checks the spec against the shapes of the tensors.
     *
     * @param over a spec in JSON, complete or partial; its fields take precedence over {@link #spec}
     * @param where the file's name, for errors
     * @param defaultName the model's name if no spec has one
     * @throws io.lstmstreams.modelfile.tensor.ModelFileException if spec and tensors do not fit
     */
    public Model toModel(ObjectNode over, String where, String defaultName) {
        ObjectNode whole = SpecJson.merge(spec, over);
        return new ModelAssembler(where, this, SpecJson.bind(whole, where)).assemble(defaultName);
    }
}
