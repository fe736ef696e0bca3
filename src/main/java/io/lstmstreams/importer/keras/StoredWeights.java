package io.lstmstreams.importer.keras;

import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights in the layout of Keras 3 and the last Keras 2: {@code layers/lstm_1/cell/vars/0}. Groups are named by the
 * layers' classes and numbered, independently of the layers' names; arrays are numbered and have no names ({@code
 * saving_lib.py}).
 */
final class StoredWeights extends Weights {
    private static final String VARIABLES = "vars";

    private final Hdf5Group layers;
    private final Map<String, String> groupNames = new HashMap<>();

    /**
     * Creates the weights of a model.
     *
     * @param groups the group of the layers, below the root
     */
    StoredWeights(Hdf5Group root, Hdf5Group groups, List<Layer> layers, String file) {
        super(root, file);
        this.layers = groups;
        Map<String, Integer> used = new HashMap<>();
        for (Layer layer : layers) {
            if (!layer.operation()) {
                groupNames.put(layer.name(), unique(layer.className(), used));
            }
        }
    }

    /** Returns the group of the layers, or null if the file has another layout. */
    static @Nullable Hdf5Group layers(Hdf5Group root) {
        Hdf5Group layers = root.groups().get("layers");
        return layers == null ? root.groups().get("_layer_checkpoint_dependencies") : layers; // Keras 2.12
    }

    /** Returns {@code simple_rnn} for the first layer of the class SimpleRNN, {@code simple_rnn_1} for the second. */
    static String unique(String className, Map<String, Integer> used) {
        String name = className
                .replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
        int number = used.merge(name, 1, Integer::sum) - 1;
        return number == 0 ? name : name + "_" + number;
    }

    @Override
    boolean hasNext(Layer layer, String ending) {
        return false; // only Keras 1 has several layouts
    }

    @Override
    List<Tensor> take(Layer layer, String part, List<String> roles) {
        String path = groupNames.get(layer.name()) + "/" + part + "/" + VARIABLES;
        Map<String, Tensor> variables = layers.tensorsAt(path);
        if (variables.size() != roles.size()) {
            throw layer.malformed(
                    "must have " + roles.size() + " arrays in the file, " + roles + ", but has " + variables.size());
        }
        List<Tensor> arrays = new ArrayList<>();
        for (int i = 0; i < roles.size(); i++) {
            Tensor tensor = variables.get(Integer.toString(i));
            if (tensor == null) {
                throw layer.malformed("must have the array " + i + ", but it is missing from the file");
            }
            taken(tensor);
            arrays.add(tensor);
        }
        return arrays;
    }
}
