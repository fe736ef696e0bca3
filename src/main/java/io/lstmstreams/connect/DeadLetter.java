package io.lstmstreams.connect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.event.DeadLetterHeaders;
import io.lstmstreams.output.SequenceName;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * A transform of records of the application's dead-letter topic to lines of JSON. A line has the {@code reason} from
 * the headers; the {@code topic}, {@code partition} and {@code offset} of the record that could not be processed; and
 * the {@code key} and {@code value} of that record: text, hexadecimal digits after {@code 0x} if the bytes are not
 * UTF-8, or null.
 * Requires keys and values as bytes (ByteArrayConverter) and headers as text (StringConverter). Safe for any number
 * of threads.
 *
 * @param <R> the type of a sink's record
 */
public final class DeadLetter<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {
    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public String version() {
        return OneHot.packageVersion();
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // there are no settings
    }

    @Override
    public R apply(R record) {
        ObjectNode letter = JsonNodeFactory.instance.objectNode();
        letter.put("reason", header(record, DeadLetterHeaders.MESSAGE));
        letter.put("topic", header(record, DeadLetterHeaders.TOPIC));
        letter.put("partition", header(record, DeadLetterHeaders.PARTITION));
        letter.put("offset", header(record, DeadLetterHeaders.OFFSET));
        letter.put("key", text(record.key())).put("value", text(record.value()));
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                Schema.STRING_SCHEMA,
                letter.toString(),
                record.timestamp());
    }

    private @Nullable String header(R record, String name) {
        Header header = record.headers().lastWithName(name);
        return header == null ? null : text(header.value());
    }

    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return SequenceName.of(bytes);
        }
        return value == null ? null : value.toString();
    }

    @Override
    public void close() {
        // there are no resources
    }
}
