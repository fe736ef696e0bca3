package io.lstmstreams.importer.torch;

import io.lstmstreams.importer.torch.format.PickledObject;
import io.lstmstreams.importer.torch.format.StoredTensor;
import io.lstmstreams.modelfile.tensor.ModelFileException.Unsupported;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a TorchScript module: attributes of nested objects, under the names of a state_dict. The code in
 * the archive is not read.
 */
final class ScriptModule {
    private static final int MAX_DEPTH = 32;

    private final String where;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> nonlinearities = new LinkedHashMap<>();
    private final Set<PickledObject> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private ScriptModule(String where) {
        this.where = where;
    }

    static ScriptModule of(@Nullable Object root, String where) {
        if (!(root instanceof PickledObject module)) {
            throw new Unsupported(where, "must contain a TorchScript module, but contains none");
        }
        ScriptModule script = new ScriptModule(where);
        script.collect("", module, 0);
        return script;
    }

    /** Returns the tensors by name, in the file's order. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** Returns the nonlinearities of simple RNNs by module. */
    Map<String, String> nonlinearities() {
        return nonlinearities;
    }

    private void collect(String module, PickledObject object, int depth) {
        if (depth > MAX_DEPTH || !seen.add(object)) {
            throw new Unsupported(where, "its TorchScript module " + module + " is used twice or nested too deeply");
        }
        String prefix = module.isEmpty() ? "" : module + ".";
        object.attributes().forEach((key, value) -> {
            if (key instanceof String name && value instanceof StoredTensor tensor) {
                tensors.put(prefix + name, tensor);
            } else if (key instanceof String name && value instanceof PickledObject child) {
                collect(prefix + name, child, depth + 1);
            } else if ("nonlinearity".equals(key) && value instanceof String nonlinearity) {
                nonlinearities.put(module, nonlinearity);
            }
        });
    }
}
