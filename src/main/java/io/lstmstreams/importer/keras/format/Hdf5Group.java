package io.lstmstreams.importer.keras.format;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

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
    public String text(String name) {
        List<String> values = texts.get(name);
        return values == null || values.size() != 1 ? null : values.get(0);
    }

    /** Returns the group at a path below this group, with names separated by slashes, or null. */
    public Hdf5Group group(String relative) {
        Hdf5Group at = this;
        for (String name : relative.split("/")) {
            at = at == null || name.isEmpty() ? at : at.groups.get(name);
        }
        return at;
    }

    /** Returns the dataset at a path below this group, with names separated by slashes, or null. */
    public Tensor tensor(String relative) {
        int cut = relative.lastIndexOf('/');
        Hdf5Group parent = cut < 0 ? this : group(relative.substring(0, cut));
        return parent == null ? null : parent.tensors.get(relative.substring(cut + 1));
    }
}
