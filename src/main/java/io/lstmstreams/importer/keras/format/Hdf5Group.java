package io.lstmstreams.importer.keras.format;

import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A group of an HDF5 file, with all that is below it.
 *
 * @param path from the file's root, such as {@code /model_weights/lstm}; empty for the root
 * @param texts the attributes that are text or lists of text, by name; other attributes are left out
 * @param groups the groups in it by name
 * @param tensors the datasets in it by name; a tensor's own name is its path
 */
public record Hdf5Group(
        String path, Map<String, List<String>> texts, Map<String, Hdf5Group> groups, Map<String, Tensor> tensors) {

    /** An attribute that is a single text; null if it has none of this name, or a list. */
    public String text(String name) {
        List<String> values = texts.get(name);
        return values == null || values.size() != 1 ? null : values.get(0);
    }

    /** The group at a path below this one, its names separated by slashes; null if there is none. */
    public Hdf5Group group(String relative) {
        Hdf5Group at = this;
        for (String name : relative.split("/")) {
            at = at == null || name.isEmpty() ? at : at.groups.get(name);
        }
        return at;
    }

    /** The dataset at a path below this one, its names separated by slashes; null if there is none. */
    public Tensor tensor(String relative) {
        int cut = relative.lastIndexOf('/');
        Hdf5Group parent = cut < 0 ? this : group(relative.substring(0, cut));
        return parent == null ? null : parent.tensors.get(relative.substring(cut + 1));
    }
}
