package io.lstmstreams.importer.torch.format;

import java.util.Map;

/**
 * Something in a pickle that is neither container, number, text nor tensor: carried by the name of its class, and never more
 * than that. Compared by identity.
 */
public final class PickledObject {
    private final String className;
    private Map<?, ?> attributes = Map.of();

    PickledObject(String className) {
        this.className = className;
    }

    /** The name of its class in Python. */
    public String className() {
        return className;
    }

    /** What the pickle sets on it: the parameters and modules of a TorchScript module. */
    public Map<?, ?> attributes() {
        return attributes;
    }

    void keep(Map<?, ?> state) {
        attributes = state;
    }
}
