package io.lstmstreams.connect;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.event.BadEventException;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;

/** A record's value as fields by name, whatever it is. */
@FunctionalInterface
interface Fields {
    /** The value of a field; null if there is none. */
    Object get(String name);

    /**
     * The fields of a value that has a schema or is a map.
     *
     * @throws BadEventException if it is something else
     */
    static Fields of(Object value) {
        if (value instanceof Struct struct) {
            return name -> struct.schema().field(name) == null ? null : struct.get(name);
        }
        if (value instanceof Map<?, ?> map) {
            return map::get;
        }
        throw new BadEventException("the value is neither text nor a struct nor a map");
    }

    /** The fields of a JSON object; what is neither text, whole number nor boolean is handed on as it is, and is no use. */
    static Fields of(JsonNode object) {
        return name -> {
            JsonNode value = object.path(name);
            if (value.isMissingNode() || value.isNull()) {
                return null;
            }
            if (value.isTextual()) {
                return value.textValue();
            }
            if (value.isIntegralNumber() && value.canConvertToLong()) {
                return value.longValue();
            }
            return value.isBoolean() ? (Object) value.booleanValue() : value;
        };
    }
}
