package io.lstmstreams.modelfile.tensor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * What an importer makes of a framework's file: a spec, and the parameters of its layers and heads under PyTorch's names and
 * in PyTorch's orders, whatever the framework's own are. It may be incomplete where the file does not tell; a user's spec is
 * laid over it before it becomes a model.
 *
 * <p>Parameters by cell; all weights are {@code [outputs, inputs]}, what is in brackets may be missing:
 *
 * <pre>
 * lstm        weight_ih [4H, X], weight_hh [4H, R], (bias_ih [4H]), (bias_hh [4H]), rows in order i, f, g, o;
 *             (weight_hr [P, H]) the projection; R is P with a projection and H without;
 *             (weight_pi [H]), (weight_pf [H]), (weight_po [H]) peepholes;
 *             (norm_i [H]), (norm_f [H]), (norm_g [H]), (norm_o [H]), (norm_c [H]) scales of a layer-normalised cell, and
 *             (norm_bias_i [H]) ... (norm_bias_c [H]) their shifts
 * gru         weight_ih [3H, X], weight_hh [3H, H], (bias_ih [3H]), (bias_hh [3H]), rows in order r, z, n
 * rnn         weight_ih [H, X], weight_hh [H, H], (bias_ih [H]), (bias_hh [H])
 * embedding   weight [V, D]
 * dense       weight [outputs, inputs], (bias [outputs]); so has a head, or nothing at all if its output is its input
 * batch_norm  (weight [N]), (bias [N]), running_mean [N], running_var [N]
 * layer_norm  (weight [N]), (bias [N])
 * </pre>
 *
 * @param spec {@code input}, {@code layers}, {@code heads} and {@code execution} as far as the file tells; as many layers and
 *     heads as the lists below
 * @param layers for each layer its parameters by name; a tensor keeps the name that it has in the file, for errors
 * @param heads for each head its parameters by name
 * @param notes what was inferred and why, a line each, for the user to read
 */
public record Draft(
        ObjectNode spec, List<Map<String, Tensor>> layers, List<Map<String, Tensor>> heads, List<String> notes) {}
