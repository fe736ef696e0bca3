package io.lstmstreams.connect;

import io.lstmstreams.modelfile.ModelEvents;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/** The form of a written event, which a value converter turns into a format of {@code lstm.input.format}. */
enum EventForm {
    /** A map, for {@code JsonConverter} without schemas: format {@code json}. */
    JSON {
        @Override
        SchemaAndValue write(ModelEvents model, int index) {
            Object event = model.vocabulary().hasSymbols() ? model.vocabulary().symbol(index) : (Object) index;
            return new SchemaAndValue(null, Map.of("event", event));
        }
    },
    /** Text, for {@code StringConverter}: format {@code string}. */
    SYMBOL {
        @Override
        SchemaAndValue write(ModelEvents model, int index) {
            return new SchemaAndValue(Schema.STRING_SCHEMA, model.vocabulary().symbol(index));
        }
    },
    /** A number, for {@code IntegerConverter}: format {@code int32}. */
    INDEX {
        @Override
        SchemaAndValue write(ModelEvents model, int index) {
            return new SchemaAndValue(Schema.INT32_SCHEMA, index);
        }
    },
    /** The one-hot vector, four bytes per element, for {@code ByteArrayConverter}: format {@code float32}. */
    VECTOR {
        @Override
        SchemaAndValue write(ModelEvents model, int index) {
            byte[] vector = new byte[model.size() * Float.BYTES];
            ByteBuffer.wrap(vector).putFloat(index * Float.BYTES, 1f);
            return new SchemaAndValue(Schema.BYTES_SCHEMA, vector);
        }
    };

    /**
     * Writes one event.
     *
     * @param index the event's index in the vocabulary
     */
    abstract SchemaAndValue write(ModelEvents model, int index);

    /** Returns the name in the configuration. */
    String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> configNames() {
        return Arrays.stream(values()).map(EventForm::configName).toList();
    }
}
