package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.ModelContent;
import io.lstmstreams.modelfile.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A draft with a value for each setting.
 *
 * @param content the spec and the parameters; the user's spec is not laid over this spec
 * @param settings the settings that the file does not state or states only indirectly, including those that the user's
 *     spec states
 * @param messages remarks of the importer that concern no setting
 * @param userSpec the user's spec
 */
public record CompleteDraft(ModelContent content, List<Setting> settings, List<String> messages, ObjectNode userSpec) {
    /** Returns the spec without the user's spec. */
    public ObjectNode spec() {
        return content.spec();
    }

    /** Returns the parameters of each layer by name. */
    public List<Map<String, Tensor>> layers() {
        return content.layers();
    }

    /** Returns the parameters of each head by name. */
    public List<Map<String, Tensor>> heads() {
        return content.heads();
    }

    /** Returns the messages, and with their reasons the settings that the user's spec does not state, one line each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>(messages);
        settings.stream()
                .filter(setting -> setting.origin().kind() != Origin.Kind.SPEC)
                .map(Setting::toString)
                .forEach(notes::add);
        return notes;
    }
}
