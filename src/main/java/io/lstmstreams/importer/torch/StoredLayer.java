package io.lstmstreams.importer.torch;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * One layer by its parameters: a module of the state_dict, or one layer of a module of several recurrent layers.
 *
 * @param module the module's name in the file
 * @param name the module's name without the prefix of all modules, such as {@code module.}
 * @param layer the number within the module; 0 if the module has one layer
 * @param cell the kind; {@link LayerKind#DENSE} if the layer may also be an embedding
 * @param parameters the parameters by the names of {@link io.lstmstreams.modelfile.ModelContent}
 * @param inputs the number of input values
 * @param outputs the number of output values
 * @param order the position among all layers, in the file's order
 */
record StoredLayer(
        String module,
        String name,
        int layer,
        LayerKind cell,
        Map<String, Tensor> parameters,
        long inputs,
        long outputs,
        int order) {

    /** Returns the possible kinds: a matrix without a bias is a dense layer or an embedding. */
    List<LayerKind> roles() {
        boolean either = cell == LayerKind.DENSE && !parameters.containsKey("bias");
        return either ? List.of(LayerKind.DENSE, LayerKind.EMBEDDING) : List.of(cell);
    }

    boolean isCalled(String other) {
        return other.equals(module) || other.equals(name);
    }

    /** Returns the name in messages, with the layer's number if the module has several. */
    String title() {
        String called = name.isEmpty() ? "(the top level)" : name;
        return layer == 0 ? called : called + " layer " + layer;
    }

    /** Returns the layer's most characteristic tensor. */
    Tensor main() {
        for (String parameter : new String[] {"weight_hh", "weight", "running_mean"}) {
            if (parameters.containsKey(parameter)) {
                return parameters.get(parameter);
            }
        }
        return parameters.values().iterator().next();
    }

    /** Returns the number of output values in a role. */
    long outputs(LayerKind role) {
        // An embedding's matrix is [V, D], a dense layer's [outputs, inputs].
        return role == LayerKind.EMBEDDING ? inputs : outputs;
    }

    StoredLayer at(int newOrder, String newName) {
        return new StoredLayer(module, newName, layer, cell, parameters, inputs, outputs, newOrder);
    }
}
