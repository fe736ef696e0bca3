package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Specs in messages, which users copy. */
final class PrintedSpec {
    /** Fields that options of the command state, and that may be long. */
    private static final List<String> OF_OPTIONS = List.of("/input/vocabulary", "/input/end", "/scoring", "/name");

    private PrintedSpec() {}

    /**
     * Returns the option {@code --spec} with the user's own spec and more settings, quoted for a shell.
     *
     * @param added the settings that are missing; empty objects stand for elements of a list that stay as they are
     */
    static String option(ObjectNode userSpec, ObjectNode added) {
        ObjectNode whole = userSpec.deepCopy();
        for (String pointer : OF_OPTIONS) {
            int slash = pointer.lastIndexOf('/');
            if (whole.at(pointer.substring(0, slash)) instanceof ObjectNode parent) {
                parent.remove(pointer.substring(slash + 1));
            }
        }
        if (whole.path("input").isObject() && whole.path("input").isEmpty()) {
            whole.remove("input");
        }
        lay(whole, added);
        return "--spec '" + whole.toString().replace("'", "'\\''") + "'";
    }

    private static void lay(ObjectNode base, ObjectNode over) {
        over.properties().forEach(field -> {
            JsonNode below = base.get(field.getKey());
            if (below instanceof ObjectNode object && field.getValue() instanceof ObjectNode added) {
                lay(object, added);
            } else if (below instanceof ArrayNode list && field.getValue() instanceof ArrayNode added) {
                lay(list, added);
            } else {
                base.set(field.getKey(), field.getValue());
            }
        });
    }

    private static void lay(ArrayNode base, ArrayNode over) {
        for (int i = 0; i < over.size(); i++) {
            if (i >= base.size()) {
                base.add(over.get(i));
            } else if (base.get(i) instanceof ObjectNode object && over.get(i) instanceof ObjectNode added) {
                lay(object, added);
            } else {
                base.set(i, over.get(i));
            }
        }
    }
}
