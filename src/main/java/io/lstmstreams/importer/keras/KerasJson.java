package io.lstmstreams.importer.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;
import java.io.IOException;

/** Keras' JSON: a model's configuration, and which Keras wrote it. */
final class KerasJson {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private KerasJson() {}

    static ObjectNode newObject() {
        return JSON.createObjectNode();
    }

    /** Reads an object; Jackson bounds how deep it may be nested. */
    static ObjectNode parse(byte[] json, String where) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw new Malformed(where, "is no JSON object");
        } catch (JsonProcessingException e) {
            throw new Malformed(where, "is no JSON that can be read (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw new Malformed(where, "is no JSON that can be read (" + e.getMessage() + ")");
        }
    }

    /** Whether an object is what {@code model.to_json()} gives. */
    static boolean isModel(JsonNode object) {
        return object.path("class_name").isTextual() && object.has("config");
    }

    /**
     * 1, 2 or 3: the first number of a version such as {@code 2.2.4-tf}; without a version, what the configuration looks like.
     *
     * @param version as the file has it, or null
     * @param config may be null
     */
    static int generation(String version, JsonNode config) {
        if (version != null && !version.isEmpty() && version.charAt(0) >= '1' && version.charAt(0) <= '3') {
            return version.charAt(0) - '0';
        }
        if (config == null || config.has("module")) {
            return 3; // older ones do not say which module a class is from
        }
        return config.toString().contains("\"inner_init\"") ? 1 : 2; // every recurrent layer of Keras 1 has it
    }
}
