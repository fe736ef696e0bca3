package io.lstmstreams.benchmark.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The comparison of two variants' results, which are in the order of the events in each partition. */
final class ResultCheck {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double TOLERANCE = 1e-3;

    private ResultCheck() {}

    /**
     * Compares our results with those of the do-it-yourself topology for the same events.
     *
     * @param ours our results in order, for each partition
     * @param theirs the other results, in the same form
     * @throws IllegalStateException if they differ
     */
    static void same(Map<Integer, List<byte[]>> ours, Map<Integer, List<byte[]>> theirs) throws IOException {
        int scored = 0;
        for (Map.Entry<Integer, List<byte[]>> partition : ours.entrySet()) {
            scored += same(partition.getValue(), theirs.getOrDefault(partition.getKey(), List.of()));
        }
        if (scored == 0) {
            throw new IllegalStateException("no result with a score to compare");
        }
    }

    private static int same(List<byte[]> ours, List<byte[]> theirs) throws IOException {
        int scored = 0;
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            JsonNode our = JSON.readTree(ours.get(i));
            JsonNode their = JSON.readTree(theirs.get(i));
            if (!isSame(our, their)) {
                throw new IllegalStateException("result " + i + " of a partition: " + our + " and " + their);
            }
            scored += our.has("score") ? 1 : 0;
        }
        return scored;
    }

    private static boolean isSame(JsonNode our, JsonNode their) {
        return our.get("event").equals(their.get("event"))
                && our.has("score") == their.has("probability")
                && isNear(our.at("/next/0/probability"), their.get("nextProbability"))
                && (!our.has("score") || isNear(our.at("/score/probability"), their.get("probability")));
    }

    private static boolean isNear(JsonNode a, JsonNode b) {
        return Math.abs(a.doubleValue() - b.doubleValue()) <= TOLERANCE * Math.abs(b.doubleValue());
    }
}
