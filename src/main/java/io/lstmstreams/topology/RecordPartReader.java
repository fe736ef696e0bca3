package io.lstmstreams.topology;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.Utf8;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** A reader of one part of a record, a header or a field of a JSON value. Safe for any number of threads. */
interface RecordPartReader {
    /** A reader that finds nothing. */
    RecordPartReader NONE = record -> null;

    /**
     * Reads the part.
     *
     * @return the header's bytes, or the field's text in UTF-8; null if the record does not have the part
     * @throws BadEventException if the value is not JSON, or the field is neither text that UTF-8 can encode nor a
     *     whole number
     */
    byte @Nullable [] read(Record<?, ?> record);

    /** Returns a reader of a part; for null, {@link #NONE}. */
    static RecordPartReader of(@Nullable RecordPart part) {
        if (part == null) {
            return NONE;
        }
        String name = part.name();
        if (part.from() != RecordPart.From.FIELD) {
            return record -> header(record, name);
        }
        JsonPointer pointer = JsonPointer.compile(name);
        return record -> field(record, pointer, name);
    }

    private static byte @Nullable [] header(Record<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    private static byte @Nullable [] field(Record<?, ?> record, JsonPointer pointer, String name) {
        if (!(record.value() instanceof byte[] value) || value.length == 0) {
            return null;
        }
        JsonNode node = JsonEventDecoder.parse(value).at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isTextual() && !node.isIntegralNumber()) {
            throw new BadEventException("the value has no text or whole number at " + name);
        }
        return Utf8.encode(node.asText(), "the text at " + name);
    }
}
