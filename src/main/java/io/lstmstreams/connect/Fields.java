package io.lstmstreams.connect;

import com.fasterxml.jackson.databind.JsonNode;
import io.lstmstreams.event.BadEventException;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** The fields of a record's value, by name. */
@FunctionalInterface
interface Fields {
    /** Returns the value of a field; null if the field does not exist. */
    @Nullable
    Object get(String name);

    /**
     * Returns the fields of a struct or a map.
     *
     * @throws BadEventException if the value is something else
     */
    static Fields of(Object value) {
        if (value instanceof Struct struct) {
            return name -> struct.schema().field(name) == null ? null : struct.get(name);
        }
        if (value instanceof Map<?, ?> map) {
            return map::get;
        }
        throw new BadEventException("the value must be text, a struct or a map");
    }

    /** Returns the fields of a JSON object. A value other than text, integer or boolean is returned as a node. */
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
