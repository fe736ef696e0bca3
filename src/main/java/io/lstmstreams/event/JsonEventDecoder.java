package io.lstmstreams.event;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of JSON values. The event is at a JSON pointer (RFC 6901). It is a symbol (string), an index (whole
 * number), a number, a vector (array of numbers), or an object whose fields are any of these. {@code "end": true}
 * beside the event ends the sequence, also without an event.
 */
@API(status = API.Status.STABLE)
public final class JsonEventDecoder implements EventDecoder<byte[]> {
    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build()
            .readerFor(JsonNode.class);

    /** The pointer of the event in a record that lstm-streams defines. */
    public static final String DEFAULT_POINTER = "/event";

    private static final String END = "/end";

    /** The part of a Jackson message that names the method which sets a limit. */
    private static final Pattern ORIGIN = Pattern.compile(", from `[^`]*`");

    private final String advice;
    private final JsonPointer event;
    // Within the event if the event is the root; null if the event's own name is "end".
    private final @Nullable JsonPointer end;

    /**
     * Creates a decoder.
     *
     * @param pointer the JSON pointer of the event, such as {@code /event}; empty if the whole value is the event
     * @throws IllegalArgumentException if the pointer is not a JSON pointer
     */
    public JsonEventDecoder(String pointer) {
        this(pointer, "");
    }

    /**
     * Creates a decoder.
     *
     * @param pointer the JSON pointer of the event, such as {@code /event}; empty if the whole value is the event
     * @param advice the end of the message on a value that is no JSON object: what a user can do; empty for none
     * @throws IllegalArgumentException if the pointer is not a JSON pointer
     */
    public JsonEventDecoder(String pointer, String advice) {
        this.advice = advice;
        this.event = JsonPointer.compile(pointer);
        JsonPointer parent = event.matches() ? event : event.head();
        JsonPointer beside = parent.append(JsonPointer.compile(END));
        this.end = beside.equals(event) ? null : beside;
    }

    /**
     * Parses a whole JSON document.
     *
     * @throws BadEventException if the bytes are not JSON, repeat a key, continue after the document, or exceed a limit
     *     of the parser
     */
    public static JsonNode parse(byte[] value) {
        return parse(value, "");
    }

    private static JsonNode parse(byte[] value, String advice) {
        if (value.length == 0) {
            throw new BadEventException("the value is empty, not JSON");
        }
        try {
            return READER.readValue(value);
        } catch (StreamConstraintsException e) { // its message has numbers, and no text of the value
            throw new BadEventException("the value's JSON exceeds a limit: "
                    + ORIGIN.matcher(e.getOriginalMessage()).replaceAll(""));
        } catch (IOException e) {
            throw new BadEventException("the value is not JSON" + advice); // the cause would quote the payload
        }
    }

    @Override
    public Decoded decode(byte[] value) {
        return decode(parse(value, advice));
    }

    /** Decodes the event of a parsed document. */
    public Decoded decode(JsonNode document) {
        boolean ends = end != null && ends(document.at(end));
        JsonNode node = document.at(event);
        if (node.isMissingNode() || node.isNull()) {
            if (ends) {
                return Decoded.END;
            }
            throw new BadEventException("there is no event at " + (event.matches() ? "the root" : event)
                    + (document.isContainerNode() ? "" : advice));
        }
        if (ends && event.matches() && node.size() == 1) {
            return Decoded.END; // the object has no field but "end"
        }
        return new Decoded(event(node), ends);
    }

    private static boolean ends(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return false;
        }
        if (!node.isBoolean()) {
            throw new BadEventException("\"end\" must be true or false");
        }
        return node.booleanValue();
    }

    private static Event event(JsonNode node) {
        if (node.isTextual()) {
            return new Event.Symbol(node.textValue());
        }
        if (node.isIntegralNumber()) {
            if (!node.canConvertToLong()) {
                throw new BadEventException("the event's index has more than 64 bits");
            }
            return new Event.Index(node.longValue());
        }
        if (node.isNumber()) {
            return new Event.Number(node.doubleValue());
        }
        if (node.isArray()) {
            return new Event.Vector(vector(node));
        }
        if (node.isObject()) {
            return fields(node);
        }
        throw new BadEventException("the event must be a symbol, a number, an array of numbers or an object");
    }

    private static Event fields(JsonNode object) {
        Map<String, Event> fields = new HashMap<>();
        object.properties().forEach(field -> {
            JsonNode value = field.getValue();
            boolean numbers = value.isArray() && value.valueStream().allMatch(JsonNode::isNumber);
            boolean number = value.isNumber() && (!value.isIntegralNumber() || value.canConvertToLong());
            if (value.isTextual() || number || numbers || value.isObject()) {
                fields.put(field.getKey(), event(value));
            }
        });
        return new Event.Fields(fields);
    }

    private static float[] vector(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode element = array.get(i);
            if (!element.isNumber()) {
                throw new BadEventException("element " + i + " of the event's vector is not a number");
            }
            values[i] = element.floatValue();
        }
        return values;
    }
}
