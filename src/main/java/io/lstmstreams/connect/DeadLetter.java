package io.lstmstreams.connect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.output.SequenceName;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A transform of records of the application's dead-letter topic to lines of JSON. A line has the {@code reason} from
 * the headers, {@code topic}, {@code partition} and {@code offset} of the record that could not be processed, and its
 * {@code key} and {@code value}: text, or hexadecimal digits after {@code 0x} if the bytes are not UTF-8, or null.
 * Requires keys and values as bytes (ByteArrayConverter) and headers as text (StringConverter). Safe for any number
 * of threads.
 *
 * @param <R> the type of a sink's record
 */
public final class DeadLetter<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {
    // The prefix of Kafka Streams' headers.
    private static final String PREFIX = "__streams.errors.";

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public String version() {
        return Objects.requireNonNullElse(DeadLetter.class.getPackage().getImplementationVersion(), "unpackaged");
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // there are no settings
    }

    @Override
    public R apply(R record) {
        ObjectNode letter = JsonNodeFactory.instance.objectNode();
        letter.put("reason", header(record, "message"));
        letter.put("topic", header(record, "topic"));
        letter.put("partition", header(record, "partition"));
        letter.put("offset", header(record, "offset"));
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

    private String header(R record, String name) {
        Header header = record.headers().lastWithName(PREFIX + name);
        return header == null ? null : text(header.value());
    }

    private static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return SequenceName.of(bytes); // as in results
        }
        return value == null ? null : value.toString();
    }

    @Override
    public void close() {
        // there are no resources
    }
}
