package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Keras' JSON: a model's configuration and the version of Keras that wrote it. */
final class KerasJson {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private KerasJson() {}

    static ObjectNode newObject() {
        return JSON.createObjectNode();
    }

    /** Parses an object; Jackson bounds its nesting. */
    static ObjectNode parse(byte[] json, String where) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw new Malformed(where, "must be a JSON object");
        } catch (JsonProcessingException e) {
            throw new Malformed(where, "is not valid JSON (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw new Malformed(where, "is not valid JSON (" + e.getMessage() + ")");
        }
    }

    /** Returns whether an object has the form of {@code model.to_json()}. */
    static boolean isModel(JsonNode object) {
        return object.path("class_name").isTextual() && object.has("config");
    }

    /**
     * Returns the major version of Keras: 1, 2 or 3, from a version such as {@code 2.2.4-tf}, or inferred from the
     * configuration.
     *
     * @param version the version in the file, if stated
     * @param config the configuration, if there is one
     */
    static int generation(@Nullable String version, @Nullable JsonNode config) {
        if (version != null && !version.isEmpty() && version.charAt(0) >= '1' && version.charAt(0) <= '3') {
            return version.charAt(0) - '0';
        }
        if (config == null || config.has("module")) {
            return 3; // older versions do not state the module of a class
        }
        return config.toString().contains("\"inner_init\"") ? 1 : 2; // every recurrent layer of Keras 1 has it
    }
}
