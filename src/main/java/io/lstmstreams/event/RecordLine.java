package io.lstmstreams.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A line of a file in the format {@code jsonl}: one record, {@code {"sequence": "...", "event": ...}} or {@code
 * {"sequence": "...", "end": true}}, with an optional {@code "time"}. Immutable if the document is not changed.
 *
 * @param document the whole line
 * @param sequence the sequence's id; null if the line has none
 * @param time the record's time in milliseconds since the epoch; null if the line has none
 */
public record RecordLine(
        ObjectNode document,
        @Nullable String sequence,
        @Nullable Long time) {
    /**
     * Parses a line.
     *
     * @throws BadEventException if the line is not a JSON object, or its {@code sequence} or {@code time} is not valid
     */
    public static RecordLine parse(String line) {
        JsonNode document = JsonEventDecoder.parse(Utf8.encode(line, "the line"));
        if (!(document instanceof ObjectNode object)) {
            throw new BadEventException("the line is not a JSON object");
        }
        return new RecordLine(object, sequence(object.path("sequence")), time(object.path("time")));
    }

    private static @Nullable String sequence(JsonNode sequence) {
        if (sequence.isMissingNode() || sequence.isNull()) {
            return null;
        }
        if (!sequence.isTextual() && !sequence.isIntegralNumber()) {
            throw new BadEventException("the record's \"sequence\" must be a text or a whole number");
        }
        Utf8.encode(sequence.asText(), "the record's \"sequence\"");
        return sequence.asText();
    }

    private static @Nullable Long time(JsonNode time) {
        if (time.isMissingNode() || time.isNull()) {
            return null;
        }
        if (!time.canConvertToLong() || !time.isIntegralNumber() || time.longValue() < 0) {
            throw new BadEventException("the record's \"time\" must be a number of milliseconds since the epoch");
        }
        return time.longValue();
    }

    /**
     * Returns the sequence's id.
     *
     * @throws BadEventException if the line has none
     */
    public String requireSequence() {
        if (sequence == null) {
            throw new BadEventException("the record has no \"sequence\"");
        }
        return sequence;
    }
}
