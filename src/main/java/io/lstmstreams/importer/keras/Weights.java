package io.lstmstreams.importer.keras;

import io.lstmstreams.importer.keras.format.Hdf5Group;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The arrays of a model's layers. Each layer takes its arrays; arrays that no layer takes are refused. */
abstract class Weights {
    private final Hdf5Group root;
    private final String file;
    private final Set<Tensor> taken = Collections.newSetFromMap(new IdentityHashMap<>());

    Weights(Hdf5Group root, String file) {
        this.root = root;
        this.file = file;
    }

    /** Returns the weights of a model's layers, in either of Keras' layouts. */
    static Weights of(Hdf5Group root, ModelGraph graph, String file) {
        Hdf5Group groups = StoredWeights.layers(root);
        return groups == null ? new LayeredWeights(root, file) : new StoredWeights(root, groups, graph.layers(), file);
    }

    /**
     * Takes the next arrays of a layer.
     *
     * @param part the part of the layer: {@code cell}, {@code layer} and so on, or empty for the layer itself
     * @param roles the roles of the arrays, in the order in which Keras stores them
     * @return the arrays in the order of the roles
     */
    abstract List<Tensor> take(Layer layer, String part, List<String> roles);

    /** Returns whether the name of a layer's next array has this ending; Keras 1 had several layouts of a cell. */
    abstract boolean hasNext(Layer layer, String ending);

    final void taken(Tensor tensor) {
        taken.add(tensor);
    }

    final String file() {
        return file;
    }

    /** Refuses a file with arrays that belong to no layer. */
    final void refuseLeftovers() {
        Deque<Hdf5Group> groups = new ArrayDeque<>(List.of(root));
        while (!groups.isEmpty()) {
            Hdf5Group group = groups.pop();
            for (Tensor tensor : group.tensors().values()) {
                if (!taken.contains(tensor)) {
                    throw new Malformed(file + ": " + tensor.name(), "belongs to no layer of the model");
                }
            }
            groups.addAll(new ArrayList<>(group.groups().values()));
        }
    }
}
