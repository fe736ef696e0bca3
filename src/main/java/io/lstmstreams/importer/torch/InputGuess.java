package io.lstmstreams.importer.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the shapes tell of the input, and which head predicts the next event.
 *
 * @param encoding the spec's word
 * @param size the length of the input
 * @param eventHead null if none has a value for each event
 * @param headsInOrder the head of events first, unless the spec names them
 * @param note why
 */
record InputGuess(String encoding, long size, Chain.Head eventHead, List<Chain.Head> headsInOrder, String note) {

    static InputGuess of(Chain chain, ObjectNode spec) {
        Chain.Layer first = chain.layers().get(0);
        boolean embedding = first.cell() == Cell.EMBEDDING;
        long size = first.block() == null
                ? 0
                : embedding ? first.block().outputs() : first.block().inputs();
        String told = spec.path("input").path("encoding").asText("");
        if (told.equals("fields")) {
            Chain.Head events = withOutputs(chain, eventsOfFields(spec), false);
            return guess(chain, spec, told, size, events, "as the spec says");
        }
        if (told.equals("dense")) {
            return new InputGuess(
                    told, size, null, chain.heads(), "input: " + told + " of " + size + ", as the spec says");
        }
        Chain.Head events = withOutputs(chain, size, embedding);
        if (embedding) {
            return guess(
                    chain, spec, "one-hot", size, events, "as the first layer is an embedding of " + size + " lines");
        }
        Chain.Head widest = widest(chain);
        if (told.equals("index") || (told.isEmpty() && size == 1 && widest != null)) {
            return guess(
                    chain, spec, "index", 1, widest, "the event's index as one number, as the first layer takes one");
        }
        if (told.equals("one-hot") || events != null) {
            String why = events != null && events.block().outputs() == size
                    ? "as head and first layer are of that size"
                    : "as a head has one output more, which stands for the end of a sequence";
            return guess(chain, spec, "one-hot", size, events, told.isEmpty() ? why : "as the spec says");
        }
        return new InputGuess(
                "dense",
                size,
                null,
                chain.heads(),
                "input: dense of " + size + ", as no head has a value for each line");
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

    /** How many events the first field has that is one-hot: it is what is predicted. 0 if there is none. */
    private static long eventsOfFields(ObjectNode spec) {
        for (JsonNode field : spec.path("input").path("fields")) {
            if (field.path("encoding").asText("").equals("one-hot")) {
                return field.path("size").asLong(field.path("vocabulary").size());
            }
        }
        return 0;
    }

    /**
     * The head with as many outputs as there are events, or one more (an end symbol), or, below an embedding, one less (the
     * padding is never predicted).
     */
    private static Chain.Head withOutputs(Chain chain, long events, boolean embedding) {
        for (long outputs : new long[] {events, events + 1, embedding ? events - 1 : events}) {
            for (Chain.Head head : chain.heads()) {
                if (outputs > 1 && head.block() != null && head.block().outputs() == outputs) {
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
