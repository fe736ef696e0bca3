package io.lstmstreams.topology;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.JsonEventDecoder;
import java.nio.charset.StandardCharsets;
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
     * @throws BadEventException if the value is no JSON, or the field neither text nor a whole number
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
        return node.asText().getBytes(StandardCharsets.UTF_8);
    }
}
