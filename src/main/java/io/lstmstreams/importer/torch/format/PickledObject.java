package io.lstmstreams.importer.torch.format;

import java.util.Map;

/**
 * An object of a pickle that is neither container, number, text nor tensor. It has the name of its class and
 * attributes; no code of the class runs. Compared by identity.
 */
public final class PickledObject {
    private final String className;
    private Map<?, ?> attributes = Map.of();

    PickledObject(String className) {
        this.className = className;
    }

    /** Returns the name of the object's class in Python. */
    public String className() {
        return className;
    }

    /** Returns the attributes that the pickle sets: the parameters and modules of a TorchScript module. */
    public Map<?, ?> attributes() {
        return attributes;
    }

    void keep(Map<?, ?> state) {
        attributes = state;
    }
}
