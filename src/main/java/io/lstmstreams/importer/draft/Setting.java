package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.core.JsonPointer;

/**
 * A setting of an imported model whose value the user may want to check.
 *
 * @param name the place in the spec, such as {@code layers[0].activation}
 * @param value the value for the user
 * @param origin the value's source
 */
public record Setting(String name, String value, Origin origin) {
    /** Returns the place in a spec as a JSON pointer, such as {@code /layers/0/activation}. */
    JsonPointer pointer() {
        return pointer(name);
    }

    static JsonPointer pointer(String name) {
        return JsonPointer.compile(
                "/" + name.replace(".", "/").replace("[", "/").replace("]", ""));
    }

    /** Returns the setting with its reason as one line. */
    @Override
    public String toString() {
        return name + ": " + value + ", " + origin.reason();
    }
}
