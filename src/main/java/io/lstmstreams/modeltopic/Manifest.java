package io.lstmstreams.modeltopic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The description of a model that was published under a name. Immutable.
 *
 * @param name the name under which the model was published
 * @param sha256 the SHA-256 of the model file, 64 hexadecimal digits
 * @param bytes the length of the model file
 * @param uri the URI of the model file; null if the topic contains the file
 * @param fingerprint the first 16 bytes of the network's fingerprint, 32 hexadecimal digits
 * @param model the model's name in its spec
 * @param published the time of publication by the publisher's clock, in milliseconds since the epoch
 */
public record Manifest(
        String name,
        String sha256,
        long bytes,
        @Nullable String uri,
        String fingerprint,
        String model,
        long published) {
    /** The maximum length of a model file: a Java array holds the file during the check. */
    public static final long MAX_BYTES = Integer.MAX_VALUE - 8L;

    private static final int MAX_JSON_BYTES = 1 << 14;
    private static final int MAX_TEXT_LENGTH = 2_000;
    private static final int ID_DIGITS = 16;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectReader READER = JSON.readerFor(JsonNode.class);

    /** Returns the model's id in results: the first 16 digits of the SHA-256. */
    public String id() {
        return sha256.substring(0, ID_DIGITS);
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static boolean isSha256(String text) {
        return SHA256.matcher(text).matches();
    }

    /** Returns the record's value; name and SHA-256 are in the record's key. */
    byte[] toJson() {
        ObjectNode json = JSON.createObjectNode()
                .put("bytes", bytes)
                .put("fingerprint", fingerprint)
                .put("model", model)
                .put("published", published);
        if (uri != null) {
            json.put("uri", uri);
        }
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("numbers and text can be written as JSON", e);
        }
    }

    /**
     * Parses a record's value.
     *
     * @return the manifest; null if the value is not a valid manifest
     */
    static @Nullable Manifest parse(String name, String sha256, byte[] value) {
        JsonNode json = json(value);
        String uri = text(json, "uri");
        String fingerprint = text(json, "fingerprint");
        String model = text(json, "model");
        long bytes = json.path("bytes").asLong(-1);
        if (bytes <= 0
                || bytes > MAX_BYTES
                || fingerprint == null
                || !FINGERPRINT.matcher(fingerprint).matches()
                || model == null
                || (uri == null && json.has("uri"))) {
            return null;
        }
        long published = json.path("published").asLong(0);
        return new Manifest(name, sha256, bytes, uri, fingerprint, model, published);
    }

    /**
     * Parses the JSON of a record's value. Returns a missing node if the value is not JSON or too long.
     */
    static JsonNode json(byte[] value) {
        if (value == null || value.length > MAX_JSON_BYTES) {
            return JSON.missingNode();
        }
        try {
            return READER.readValue(value);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    /**
     * Returns a field's text; null if it is missing, too long, or has control characters, which could forge log lines.
     */
    private static @Nullable String text(JsonNode json, String field) {
        JsonNode node = json.path(field);
        boolean fits = node.isTextual() && node.textValue().length() <= MAX_TEXT_LENGTH;
        return fits && node.textValue().chars().noneMatch(Character::isISOControl) ? node.textValue() : null;
    }
}
