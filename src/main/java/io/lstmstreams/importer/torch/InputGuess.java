package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.importer.draft.EventInput;
import java.util.ArrayList;
import java.util.List;

/**
 * The input as inferred from the shapes, and the head that predicts the next event.
 *
 * @param encoding the encoding's name in a spec
 * @param size the length of the input
 * @param eventHead the head with one output for each event, or null
 * @param headsInOrder the heads, the event head first, unless the spec names the heads
 * @param note the import note with the reason
 */
record InputGuess(String encoding, long size, Chain.Head eventHead, List<Chain.Head> headsInOrder, String note) {

    static InputGuess of(Chain chain, ObjectNode spec) {
        Chain.Layer first = chain.layers().get(0);
        boolean embedding = first.cell() == Cell.EMBEDDING;
        long size = first.block() == null
                ? 0
                : embedding ? first.block().outputs() : first.block().inputs();
        String stated = spec.path("input").path("encoding").asText("");
        if (stated.equals("fields")) {
            Chain.Head events = withOutputs(chain, eventsOfFields(spec), false);
            return guess(chain, spec, stated, size, events, "as the spec states");
        }
        if (stated.equals("dense")) {
            return new InputGuess(
                    stated, size, null, chain.heads(), "input: " + stated + " of " + size + ", as the spec states");
        }
        Chain.Head events = withOutputs(chain, size, embedding);
        if (embedding) {
            return guess(
                    chain,
                    spec,
                    "one-hot",
                    size,
                    events,
                    "because the first layer is an embedding of " + size + " events");
        }
        Chain.Head widest = widest(chain);
        if (stated.equals("index") || (stated.isEmpty() && size == 1 && widest != null)) {
            return guess(chain, spec, "index", 1, widest, "because the first layer has one input");
        }
        if (stated.equals("one-hot") || events != null) {
            String why = events != null && events.block().outputs() == size
                    ? "because a head has as many outputs"
                    : "because a head has one more output, for the end of a sequence";
            return guess(chain, spec, "one-hot", size, events, stated.isEmpty() ? why : "as the spec states");
        }
        return new InputGuess(
                "dense",
                size,
                null,
                chain.heads(),
                "input: dense of " + size + ", because no head has as many outputs");
    }

    private static InputGuess guess(
            Chain chain, ObjectNode spec, String encoding, long size, Chain.Head events, String why) {
        List<Chain.Head> heads = new ArrayList<>(chain.heads());
        if (events != null && !namesHeads(chain, spec)) {
            heads.remove(events);
            heads.add(0, events);
        }
        return new InputGuess(encoding, size, events, heads, "input: " + encoding + " of " + size + ", " + why);
    }

    private static boolean namesHeads(Chain chain, ObjectNode spec) {
        Hints hints = Hints.of(spec);
        return hints.heads() != null
                && hints.heads().stream()
                        .anyMatch(hint -> hint.from() != null
                                || (hint.name() != null
                                        && chain.heads().stream()
                                                .anyMatch(head -> head.block() != null
                                                        && head.block().isCalled(hint.name()))));
    }

    /** Returns the number of events of the first one-hot field, which is the predicted field; 0 without such a field. */
    private static long eventsOfFields(ObjectNode spec) {
        for (JsonNode field : spec.path("input").path("fields")) {
            if (field.path("encoding").asText("").equals("one-hot")) {
                return field.path("size").asLong(field.path("vocabulary").size());
            }
        }
        return 0;
    }

    /**
     * Returns the head with one output for each event, or with one more (an end symbol), or, with an embedding, with one less
     * (the padding is never predicted), or null.
     */
    private static Chain.Head withOutputs(Chain chain, long events, boolean embedding) {
        for (long outputs : new long[] {events, events + 1, events - 1}) {
            boolean predicts = EventInput.isOneHot(events, outputs) || embedding && outputs > 1;
            for (Chain.Head head : chain.heads()) {
                if (predicts && head.block() != null && head.block().outputs() == outputs) {
                    return head;
                }
            }
        }
        return null;
    }

    private static Chain.Head widest(Chain chain) {
        Chain.Head widest = null;
        for (Chain.Head head : chain.heads()) {
            long best = widest == null ? 1 : widest.block().outputs();
            if (head.block() != null && head.block().outputs() > best) {
                widest = head;
            }
        }
        return widest;
    }
}
