package io.lstmstreams.importer.keras;

import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Variables by their names in a program of Keras 2, {@code lstm/lstm_cell/kernel}: the first part is the layer. They
 * are brought into the layout of {@link LayeredWeights}.
 */
final class ProgramVariables {
    private static final List<String> ORDER = List.of(
            "kernel",
            "recurrent_kernel",
            "bias",
            "embeddings",
            "gamma",
            "beta",
            "moving_mean",
            "moving_variance",
            "mean",
            "variance");

    private ProgramVariables() {}

    /**
     * Returns a group for each layer, with the names of its arrays in Keras' order.
     *
     * @param variables the variables by name, the cells of a layer in their order
     */
    static Hdf5Group layered(Map<String, Tensor> variables) {
        Map<String, Map<String, List<String>>> names = new LinkedHashMap<>(); // of arrays, by layer and scope
        for (String name : variables.keySet()) {
            names.computeIfAbsent(name.substring(0, Math.max(0, name.indexOf('/'))), layer -> new LinkedHashMap<>())
                    .computeIfAbsent(name.substring(0, Math.max(0, name.lastIndexOf('/'))), scope -> new ArrayList<>())
                    .add(name);
        }
        Map<String, Hdf5Group> layers = new LinkedHashMap<>();
        names.forEach((layer, scopes) -> {
            List<String> own = new ArrayList<>();
            for (List<String> scope : scopes.values()) {
                scope.sort(Comparator.comparing(name -> ORDER.indexOf(last(name))));
                own.addAll(scope);
            }
            layers.put(layer, layer(layer, own, variables));
        });
        return new Hdf5Group("", Map.of(), layers, Map.of());
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** Returns the group of a layer; each array is in a group of its own, because two cells have arrays of one name. */
    private static Hdf5Group layer(String layer, List<String> names, Map<String, Tensor> variables) {
        List<String> paths = new ArrayList<>();
        Map<String, Hdf5Group> groups = new LinkedHashMap<>();
        for (String name : names) {
            String group = Integer.toString(paths.size());
            paths.add(group + "/" + last(name));
            groups.put(
                    group,
                    new Hdf5Group(
                            "/" + layer + "/" + group, Map.of(), Map.of(), Map.of(last(name), variables.get(name))));
        }
        return new Hdf5Group("/" + layer, Map.of("weight_names", paths), groups, Map.of());
    }
}
