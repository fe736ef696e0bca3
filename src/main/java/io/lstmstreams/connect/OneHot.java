package io.lstmstreams.connect;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.SequenceHeader;
import io.lstmstreams.event.Utf8;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.modelfile.ModelEvents;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * A transform of records to events. The key of the result is the sequence's id, its value a symbol, index or one-hot
 * vector of a model's vocabulary.
 *
 * <p>The value may be a struct, a map, or a line of text, also as bytes in UTF-8. A record without a value passes
 * unchanged and ends the sequence of its key. An end without an event becomes a record without a value. An event that
 * ends its sequence has the header {@code lstm.sequence} = {@code end}. A blank line is dropped.
 *
 * <p>A record that is not an event of the model causes a {@link DataException}, which Connect handles according to
 * {@code errors.tolerance}. Its message contains no part of the record. Not thread-safe; Connect creates one instance
 * per task.
 *
 * @param <R> the type of a source's or a sink's record
 */
public final class OneHot<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {
    private @Nullable Settings settings; // null until Connect calls configure

    /** The configuration in use. */
    private record Settings(ModelEvents model, EventForm form, OccurrenceReader reader, boolean unknownSymbol) {}

    @Override
    public ConfigDef config() {
        return OneHotConfig.DEFINITION;
    }

    @Override
    public String version() {
        return packageVersion();
    }

    /** Returns the version in the manifest of the plugin's jar. */
    static String packageVersion() {
        return Objects.requireNonNullElse(OneHot.class.getPackage().getImplementationVersion(), "unpackaged");
    }

    @Override
    public void configure(Map<String, ?> properties) {
        OneHotConfig config = new OneHotConfig(properties);
        ModelEvents model = config.model();
        settings = new Settings(
                model, config.form(), new OccurrenceReader(config, model.vocabulary()), config.unknownSymbol());
    }

    @Override
    public @Nullable R apply(R record) {
        if (record.value() == null) {
            return record;
        }
        Settings configured = Objects.requireNonNull(settings, "configure must be called before apply");
        try {
            Object value = record.value() instanceof byte[] bytes ? Utf8.decode(bytes, "the value") : record.value();
            if (value instanceof String line && line.isBlank()) {
                return null; // drops the record
            }
            return event(record, configured.reader().read(record.key(), value), configured);
        } catch (BadEventException e) {
            throw new DataException(e.getMessage());
        }
    }

    private static <R extends ConnectRecord<R>> R event(R record, Occurrence occurrence, Settings settings) {
        SchemaAndValue value = occurrence.event() == null
                ? SchemaAndValue.NULL
                : settings.form().write(settings.model(), index(occurrence.event(), settings));
        Headers headers = record.headers().duplicate();
        if (occurrence.end() && occurrence.event() != null) {
            headers.addString(SequenceHeader.NAME, SequenceHeader.END);
        }
        boolean keyed = occurrence.sequence() == null;
        // A source may have chosen the partition for the old key. All records of a sequence must be in the partition of
        // the new key.
        boolean repartitioned = !keyed && record instanceof SourceRecord;
        return record.newRecord(
                record.topic(),
                repartitioned ? null : record.kafkaPartition(),
                keyed ? record.keySchema() : Schema.STRING_SCHEMA,
                keyed ? record.key() : occurrence.sequence(),
                value.schema(),
                value.value(),
                occurrence.time() == null ? record.timestamp() : occurrence.time(),
                headers);
    }

    private static int index(Event event, Settings settings) {
        Vocabulary vocabulary = settings.model().vocabulary();
        try {
            return vocabulary.indexOf(event, settings.model().events());
        } catch (UnknownEventException e) {
            if (settings.unknownSymbol()) {
                return vocabulary.unknown();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        // there are no resources
    }
}
