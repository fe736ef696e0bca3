package io.lstmstreams.importer.keras;

import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights in the layout of complete models and of Keras 1 and 2: a group for each layer, named like the layer, with the
 * paths of the arrays in Keras' order in its attribute {@code weight_names} ({@code hdf5_format.py}).
 */
final class LayeredWeights extends Weights {
    private static final String LAYER_NAMES = "layer_names";
    private static final String WEIGHT_NAMES = "weight_names";

    private final Hdf5Group root;
    private final Map<String, Deque<Named>> open = new HashMap<>(); // arrays by layer that have not been taken

    /** An array and its name within the layer. */
    private record Named(String name, Tensor tensor) {}

    LayeredWeights(Hdf5Group root, String file) {
        super(root, file);
        this.root = root;
    }

    /** Returns the names of the layers, in the model's order. */
    static List<String> layerNames(Hdf5Group root) {
        return listed(root, LAYER_NAMES);
    }

    /** Returns a list that Keras splits into several attributes if it is long. */
    private static List<String> listed(Hdf5Group group, String attribute) {
        if (group.texts().containsKey(attribute)) {
            return group.texts().get(attribute);
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; group.texts().containsKey(attribute + i); i++) {
            all.addAll(group.texts().get(attribute + i));
        }
        return all;
    }

    /** Returns the arrays of a layer by their names within the layer, in Keras' order. */
    Map<String, Tensor> all(String layerName) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (Named array : named(layerName)) {
            if (all.put(array.name(), array.tensor()) != null) {
                String path = array.tensor().name();
                boolean directions = path.contains("/forward_") || path.contains("/backward_");
                throw new Unsupported(
                        file() + ": layer " + layerName,
                        directions
                                ? "has a cell of each direction (Bidirectional), which requires the whole sequence, its"
                                        + " end first, and cannot run one step at a time"
                                : "has several arrays named " + array.name()
                                        + ", as wrappers and models inside a model have; "
                                        + LayerNames.GIVE_CONFIGURATION);
            }
        }
        return all;
    }

    private Deque<Named> named(String layerName) {
        Hdf5Group group = root.groups().get(layerName);
        Deque<Named> named = new ArrayDeque<>();
        if (group == null) {
            return named;
        }
        for (String name : listed(group, WEIGHT_NAMES)) {
            Tensor tensor = group.tensor(name);
            if (tensor == null && name.contains("count")) {
                continue; // of a Normalization: a counter, which the reader skips
            }
            if (tensor == null) {
                throw new Malformed(
                        file() + ": layer " + layerName, "names the array " + name + ", which does not exist");
            }
            named.add(new Named(simpleName(name, layerName), tensor));
        }
        return named;
    }

    /**
     * Returns {@code kernel} for {@code lstm_1/lstm_cell/kernel:0}, and {@code W_i} for Keras 1's {@code lstm_1_W_i}.
     */
    private static String simpleName(String name, String layerName) {
        String last = name.substring(name.lastIndexOf('/') + 1).replaceFirst(":\\d+$", "");
        String own = last.startsWith(layerName + "_") ? last.substring(layerName.length() + 1) : last;
        return switch (own) {
            case "running_mean" -> "moving_mean";
            case "running_std" -> "moving_variance"; // a variance in spite of its name in Keras 1
            default -> own;
        };
    }

    @Override
    boolean hasNext(Layer layer, String ending) {
        Named next = open.computeIfAbsent(layer.name(), this::named).peek();
        return next != null && next.name().endsWith(ending);
    }

    @Override
    List<Tensor> take(Layer layer, String part, List<String> roles) {
        Deque<Named> left = open.computeIfAbsent(layer.name(), this::named);
        if (left.stream().anyMatch(array -> array.name().startsWith("lora_kernel"))) {
            throw layer.unsupported("has the arrays of LoRA beside its kernel; save the model as .keras, which adds"
                    + " them to the kernel");
        }
        if (left.size() < roles.size()) {
            throw layer.malformed("must have the weights " + roles + ", but some are missing from the file");
        }
        Map<String, Tensor> byName = new HashMap<>();
        List<Named> next = new ArrayList<>();
        for (int i = 0; i < roles.size(); i++) {
            Named array = left.poll();
            next.add(array);
            byName.put(array.name(), array.tensor());
            taken(array.tensor());
        }
        if (byName.keySet().containsAll(roles)) {
            return roles.stream().map(byName::get).toList();
        }
        if (roles.stream().anyMatch(byName::containsKey)) {
            throw layer.malformed("must have the weights " + roles + ", but has " + byName.keySet());
        }
        return next.stream().map(Named::tensor).toList(); // names without meaning, such as param_0
    }
}
