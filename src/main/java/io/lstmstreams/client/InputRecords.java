package io.lstmstreams.client;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.config.InputConfig;
import io.lstmstreams.config.LstmStreamsConfig;
import io.lstmstreams.config.RecordPart;
import io.lstmstreams.config.RecordPart.From;
import io.lstmstreams.config.SequenceConfig;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.output.SequenceName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as records of the input topic, in the form that the configuration describes: {@code
 * lstm.input.format}, {@code lstm.input.event} and {@code lstm.sequence.id}. The key is always the sequence's id, so
 * that all events of a sequence are in the same partition. Immutable.
 */
final class InputRecords {
    private static final String EVENT = "event";
    private static final String END = "end";

    private final InputConfig input;
    private final RecordPart id;
    private final JsonPointer pointer; // of the event in a json value

    InputRecords(LstmStreamsConfig config) {
        this.input = config.input();
        this.id = config.sequences().id();
        this.pointer = JsonPointer.compile(input.event());
    }

    /** Returns the id that the record of a line names by itself, at a field of its own; null if it names none. */
    @Nullable
    String sequenceIn(ObjectNode line) {
        JsonNode field = id.from() == From.FIELD ? line.at(id.name()) : line.missingNode();
        return field.isTextual() || field.isIntegralNumber() ? field.asText() : null;
    }

    /** Returns the event of a line: its field {@code event}, or what is at the configured place; null without event. */
    @Nullable
    JsonNode eventIn(ObjectNode line) {
        JsonNode event = line.path(EVENT);
        JsonNode found = event.isMissingNode() && !pointer.matches() ? line.at(pointer) : event;
        return found.isMissingNode() || found.isNull() ? null : found;
    }

    /**
     * Returns the record of an event.
     *
     * @param sequence the sequence's id
     * @param time the record's timestamp in milliseconds since the epoch; null for the time of sending
     * @param others the other fields of a json value
     * @throws BadEventException if the format cannot express the event
     */
    ProducerRecord<byte[], byte[]> event(String sequence, @Nullable Long time, JsonNode event, ObjectNode others) {
        byte[] value = switch (input.format()) {
            case JSON -> bytes(document(sequence, event, others).toString());
            case STRING -> bytes(text(event));
            case INT32 ->
                ByteBuffer.allocate(Integer.BYTES).putInt(index(event)).array();
            case FLOAT32 -> vector(event);
        };
        return record(sequence, time, value);
    }

    /** Returns the record that ends a sequence: without a value, unless the value names the sequence. */
    ProducerRecord<byte[], byte[]> end(String sequence, @Nullable Long time) {
        if (id.from() != From.FIELD) {
            return record(sequence, time, null);
        }
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        put(document, JsonPointer.compile(id.name()), document.textNode(sequence));
        JsonPointer beside = pointer.matches() ? pointer : pointer.head();
        put(document, beside.appendProperty(END), document.booleanNode(true));
        return record(sequence, time, bytes(document.toString()));
    }

    private ProducerRecord<byte[], byte[]> record(String sequence, @Nullable Long time, byte @Nullable [] value) {
        byte[] key = SequenceName.toId(sequence);
        List<Header> headers = id.from() == From.HEADER ? List.of(new RecordHeader(id.name(), key)) : List.of();
        return new ProducerRecord<>(input.topic(), null, time, key, value, headers);
    }

    private JsonNode document(String sequence, JsonNode event, ObjectNode others) {
        JsonNode document = event.deepCopy();
        if (!pointer.matches()) {
            ObjectNode object = others.deepCopy();
            object.remove(List.of(EVENT, END)); // an end is a record of its own
            put(object, pointer, event);
            document = object;
        }
        if (id.from() == From.FIELD) {
            if (!(document instanceof ObjectNode object)) {
                throw new BadEventException("the event must be an object, because " + SequenceConfig.ID_CONFIG
                        + " names a field of the whole value");
            }
            put(object, JsonPointer.compile(id.name()), object.textNode(sequence));
        }
        return document;
    }

    private static void put(ObjectNode document, JsonPointer pointer, JsonNode value) {
        document.withObject(pointer.head(), JsonNode.OverwriteMode.ALL, true)
                .set(pointer.last().getMatchingProperty(), value);
    }

    private static String text(JsonNode event) {
        if (!event.isValueNode()) {
            throw new BadEventException("the event must be a symbol, because " + InputConfig.FORMAT_CONFIG + "=string");
        }
        return event.asText();
    }

    private static int index(JsonNode event) {
        try {
            return Integer.parseInt(event.asText());
        } catch (NumberFormatException e) {
            throw new BadEventException("the event must be an index, because " + InputConfig.FORMAT_CONFIG + "=int32");
        }
    }

    private static byte[] vector(JsonNode event) {
        Iterable<JsonNode> elements = event.isArray() ? event : List.of(event);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * Math.max(1, event.size()));
        for (JsonNode element : elements) {
            try {
                bytes.putFloat(Float.parseFloat(element.asText()));
            } catch (NumberFormatException e) {
                throw new BadEventException(
                        "the event must be an array of numbers, because " + InputConfig.FORMAT_CONFIG + "=float32");
            }
        }
        return bytes.array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
