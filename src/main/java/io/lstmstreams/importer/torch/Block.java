package io.lstmstreams.importer.torch;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * One layer by its parameters: a module of the state_dict, or one layer of a module of several recurrent layers.
 *
 * @param module the module's name in the file
 * @param name the same without what all modules have in front, such as {@code module.}
 * @param layer the number within the module; 0 where it has but one
 * @param cell what it is; {@link Cell#DENSE} where it may also be an embedding
 * @param parameters by the names of {@link io.lstmstreams.importer.draft.Draft}
 * @param inputs how many values it takes
 * @param outputs how many values it gives
 * @param order its place among the blocks, in the order that the file gives
 */
record Block(
        String module,
        String name,
        int layer,
        Cell cell,
        Map<String, Tensor> parameters,
        long inputs,
        long outputs,
        int order) {

    /** What it may be: a matrix without a bias may be either of two. */
    List<Cell> roles() {
        boolean either = cell == Cell.DENSE && !parameters.containsKey("bias");
        return either ? List.of(Cell.DENSE, Cell.EMBEDDING) : List.of(cell);
    }

    boolean isCalled(String wanted) {
        return wanted.equals(module) || wanted.equals(name);
    }

    /** The name for people, with the layer where there are several. */
    String title() {
        String called = name.isEmpty() ? "(the top level)" : name;
        return layer == 0 ? called : called + " layer " + layer;
    }

    /** The tensor that tells most. */
    Tensor main() {
        for (String telling : new String[] {"weight_hh", "weight", "running_mean"}) {
            if (parameters.containsKey(telling)) {
                return parameters.get(telling);
            }
        }
        return parameters.values().iterator().next();
    }

    /** How many values it gives in a role. */
    long outputs(Cell role) {
        return role == Cell.EMBEDDING
                ? inputs
                : outputs; // an embedding's matrix is [V, D], a dense layer's [outputs, inputs]
    }

    Block at(int newOrder, String newName) {
        return new Block(module, newName, layer, cell, parameters, inputs, outputs, newOrder);
    }
}
