package io.lstmstreams.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.http.Peers.Question;
import io.lstmstreams.output.SequenceName;
import io.lstmstreams.runtime.Looked;
import io.lstmstreams.runtime.SequencePage;
import io.lstmstreams.runtime.StateQueries;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pages of the sequences of all instances, in the order of their ids. Each instance gives the page that begins where this one does;
 * as far as all of them have looked, the pages laid together are complete. Not thread-safe.
 */
final class SequenceLists {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LIMIT = 100;
    private static final int MOST = 1_000;

    private final StateQueries queries;
    private final Peers peers;
    private final TreeMap<byte[], ObjectNode> lines = new TreeMap<>(Arrays::compareUnsigned); // by id
    private byte[] upTo; // as far as all have looked; null for the end

    SequenceLists(StateQueries queries, Peers peers) {
        this.queries = queries;
        this.peers = peers;
    }

    /** The page that is asked for. */
    Answer list(Request request) throws IOException, InterruptedException {
        String prefix = request.query("prefix") == null ? "" : request.query("prefix");
        String after = request.query("after");
        int limit = limit(request.query("limit"));
        Looked<SequencePage> own = queries.list(prefix, after == null ? null : cursor(after), limit);
        add(own.found());
        boolean fromInstance = request.has(Peers.FROM_INSTANCE);
        Coverage coverage = new Coverage(queries, own.partitions());
        if (!fromInstance && !coverage.isComplete()) {
            String path = "/sequences?prefix=" + URLEncoder.encode(prefix, StandardCharsets.UTF_8) + "&limit=" + limit
                    + (after == null ? "" : "&after=" + after);
            long deadline = System.nanoTime() + Peers.PATIENCE.toNanos();
            for (PeerAnswer answer : peers.ask(queries.others(null), new Question(path, null), deadline)) {
                coverage.add(answer);
                if (answer.isOk()) {
                    add(JSON.readTree(answer.body()));
                }
            }
            coverage.check();
        }
        Answer page = Answer.json(page(limit, "true".equals(request.query("ids"))));
        return fromInstance ? page.with(Peers.PARTITIONS, Peers.format(own.partitions())) : page;
    }

    private static int limit(String given) {
        try {
            int limit = given == null ? LIMIT : Integer.parseInt(given);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // it is as wrong as one that is too large
        }
        throw RefusedException.badRequest("limit is a number from 1 to " + MOST);
    }

    private static byte[] cursor(String given) {
        try {
            return Base64.getUrlDecoder().decode(given);
        } catch (IllegalArgumentException e) {
            throw RefusedException.badRequest("after is what an earlier page had at next");
        }
    }

    private static String cursor(byte[] id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
    }

    private void add(SequencePage page) {
        for (SequencePage.Line line : page.sequences()) {
            String name = SequenceName.of(line.id());
            ObjectNode json = JSON.createObjectNode().put("sequence", name);
            if (!Arrays.equals(SequenceName.toId(name), line.id())) {
                json.put("key", line.id()); // the name alone would be read as another id
            }
            if (line.unreadable() == null) {
                json.put("step", line.step()).put("time", line.time()).put("anomalous", line.anomalous());
            } else {
                json.put("unreadable", line.unreadable());
            }
            lines.put(line.id(), json);
        }
        lookedUpTo(page.upTo());
    }

    /** Adds the page of another instance. */
    private void add(JsonNode page) throws IOException {
        for (JsonNode line : page.path("sequences")) {
            byte[] id = line.has("key")
                    ? line.get("key").binaryValue()
                    : SequenceName.toId(line.path("sequence").asText());
            lines.put(id, (ObjectNode) line);
        }
        lookedUpTo(page.has("next") ? cursor(page.get("next").asText()) : null);
    }

    private void lookedUpTo(byte[] id) {
        if (id != null && (upTo == null || Arrays.compareUnsigned(id, upTo) < 0)) {
            upTo = id;
        }
    }

    private ObjectNode page(int limit, boolean idsOnly) {
        Map<byte[], ObjectNode> complete = upTo == null ? lines : lines.headMap(upTo, true);
        ObjectNode page = JSON.createObjectNode();
        page.putArray("sequences");
        byte[] last = null;
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
