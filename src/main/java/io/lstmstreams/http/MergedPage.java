package io.lstmstreams.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.runtime.SequencePage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pages of several instances, merged for one request: in the order of the ids, up to the last id that all instances
 * have searched. Not thread-safe.
 */
final class MergedPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TreeMap<byte[], ObjectNode> lines = new TreeMap<>(Arrays::compareUnsigned); // by id
    private byte @Nullable [] upTo; // the last id that all instances have searched; null if they reached the end

    /** Decodes the id after which a page begins. */
    static byte[] cursor(String given) {
        try {
            return Base64.getUrlDecoder().decode(given);
        } catch (IllegalArgumentException e) {
            throw RefusedException.badRequest("after must be the next of an earlier page");
        }
    }

    private static String cursor(byte[] id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    /** Adds the page of this instance. */
    void add(SequencePage page) {
        for (SequencePage.Line line : page.sequences()) {
            String name = SequenceName.of(line.id());
            ObjectNode json = JSON.createObjectNode().put("sequence", name);
            if (!Arrays.equals(SequenceName.toId(name), line.id())) {
                json.put("key", line.id()); // the name alone would denote another id
            }
            if (line.unreadable() == null) {
                json.put("step", line.step()).put("time", line.time()).put("anomalous", line.anomalous());
            } else {
                json.put("unreadable", line.unreadable());
            }
            lines.put(line.id(), json);
        }
        limitTo(page.upTo());
    }

    /** Adds the page of another instance, as JSON. */
    void add(byte[] json) throws IOException {
        JsonNode page = JSON.readTree(json);
        for (JsonNode line : page.path("sequences")) {
            byte[] id = line.has("key")
                    ? line.get("key").binaryValue()
                    : SequenceName.toId(line.path("sequence").asText());
            lines.put(id, (ObjectNode) line);
        }
        limitTo(page.has("next") ? cursor(page.get("next").asText()) : null);
    }

    private void limitTo(byte @Nullable [] id) {
        if (id != null && (upTo == null || Arrays.compareUnsigned(id, upTo) < 0)) {
            upTo = id;
        }
    }

    /** Returns at most {@code limit} sequences, and a cursor if there may be more. */
    ObjectNode page(int limit, boolean idsOnly) {
        Map<byte[], ObjectNode> complete = upTo == null ? lines : lines.headMap(upTo, true);
        ObjectNode page = JSON.createObjectNode();
        page.putArray("sequences");
        byte[] last = {};
        int count = 0;
        for (Map.Entry<byte[], ObjectNode> line : complete.entrySet()) {
            if (count++ == limit) {
                return page.put("next", cursor(last));
            }
            last = line.getKey();
            page.withArray("sequences")
                    .add(idsOnly ? line.getValue().retain(List.of("sequence", "key")) : line.getValue());
        }
        return upTo == null ? page : page.put("next", cursor(upTo));
    }
}
