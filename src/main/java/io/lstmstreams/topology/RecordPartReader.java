package io.lstmstreams.topology;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.JsonEventDecoder;
import io.lstmstreams.event.Utf8;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;

/** Reads a header, or a field of a JSON value, which names something. Safe for any number of threads. */
final class RecordPartReader {
    private final RecordPart part;
    private final JsonPointer field; // null if it is a header

    RecordPartReader(RecordPart part) {
        this.part = part;
        this.field = part.from() == RecordPart.From.FIELD ? JsonPointer.compile(part.name()) : null;
    }

    /**
     * The header's bytes, or the field's text in UTF-8.
     *
     * @return null if the record has none
     * @throws BadEventException if the value is no JSON, or the field neither a whole number nor text that UTF-8 can encode
     */
    byte[] read(Record<?, ?> record) {
        if (field == null) {
            Header header = record.headers().lastHeader(part.name());
            return header == null ? null : header.value();
        }
        if (!(record.value() instanceof byte[] value) || value.length == 0) {
            return null;
        }
        JsonNode node = JsonEventDecoder.parse(value).at(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isTextual() && !node.isIntegralNumber()) {
            throw new BadEventException("the value has no text or whole number at " + part.name());
        }
        return Utf8.encode(node.asText(), "the text at " + part.name());
    }
}
