package io.lstmstreams.importer.keras.format;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group of an HDF5 file with its groups and datasets.
 *
 * @param path the path from the file's root, such as {@code /model_weights/lstm}; empty for the root
 * @param texts the attributes that are texts or lists of texts, by name
 * @param groups the group's groups by name
 * @param tensors the group's datasets by name; a tensor's own name is its path
 */
public record Hdf5Group(
        String path, Map<String, List<String>> texts, Map<String, Hdf5Group> groups, Map<String, Tensor> tensors) {

    /** Returns an attribute that is a single text, or null if it is missing or a list. */
    public @Nullable String text(String name) {
        List<String> values = texts.get(name);
        return values != null && values.size() == 1 ? values.get(0) : null;
    }

    /** Returns the datasets of the group at a path below this group; empty if there is no such group. */
    public Map<String, Tensor> tensorsAt(String relative) {
        Hdf5Group group = group(relative);
        return group == null ? Map.of() : group.tensors;
    }

    /** Returns the group at a path below this group, with names separated by slashes, or null. */
    public @Nullable Hdf5Group group(String relative) {
        Hdf5Group at = this;
        for (String name : relative.split("/")) {
            at = at == null || name.isEmpty() ? at : at.groups.get(name);
        }
        return at;
    }

    /** Returns the dataset at a path below this group, with names separated by slashes, or null. */
    public @Nullable Tensor tensor(String relative) {
        int cut = relative.lastIndexOf('/');
        Map<String, Tensor> parent = cut < 0 ? tensors : tensorsAt(relative.substring(0, cut));
        return parent.get(relative.substring(cut + 1));
    }
}
