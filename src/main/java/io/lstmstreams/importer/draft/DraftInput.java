package io.lstmstreams.importer.draft;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/**
 * The input of one step, as far as a file states it.
 *
 * @param kind the meaning of the input
 * @param size the length of x; 0 if unknown
 * @param reason the evidence for the kind, for notes; empty for {@link Kind#NUMBERS}
 * @param fields the named fields of x in the form of a spec; empty except for {@link Kind#FIELDS}
 */
public record DraftInput(Kind kind, long size, String reason, ArrayNode fields) {
    private static final ArrayNode NO_FIELDS = JsonNodeFactory.instance.arrayNode();

    /** The meaning of an input. */
    public enum Kind {
        /** The index of an event: the model looks up a row, or converts the index to a one-hot vector. */
        SYMBOL,
        /** Numbers that may be a one-hot vector, the index of an event, or measurements. */
        NUMBERS,
        /** Numbers that are surely not one event. */
        MEASUREMENTS,
        /** Several named inputs, which are concatenated. */
        FIELDS
    }

    /** Returns an input that is the index of one of {@code symbols} events. */
    public static DraftInput symbol(long symbols, String reason) {
        return new DraftInput(Kind.SYMBOL, symbols, reason, NO_FIELDS);
    }

    /** Returns an input whose meaning the file does not state. */
    public static DraftInput numbers(long size) {
        return new DraftInput(Kind.NUMBERS, size, "", NO_FIELDS);
    }

    /** Returns an input that is surely not one event. */
    public static DraftInput measurements(long size, String reason) {
        return new DraftInput(Kind.MEASUREMENTS, size, reason, NO_FIELDS);
    }

    /** Returns several named inputs. */
    public static DraftInput fields(long size, String reason, ArrayNode fields) {
        return new DraftInput(Kind.FIELDS, size, reason, fields);
    }
}
