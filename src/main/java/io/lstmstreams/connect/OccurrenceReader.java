package io.lstmstreams.connect;

import io.lstmstreams.event.BadEventException;
import io.lstmstreams.event.Event;
import io.lstmstreams.event.Utf8;
import io.lstmstreams.input.Vocabulary;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reader of events from records' values. */
final class OccurrenceReader {
    private static final String DIGITS = "\\d{1,18}"; // 18 digits always fit into a long

    private final OneHotConfig config;
    private final Vocabulary vocabulary;
    private final @Nullable String endSymbol;
    private final TextLine line;

    OccurrenceReader(OneHotConfig config, Vocabulary vocabulary) {
        this.config = config;
        this.vocabulary = vocabulary;
        String ofModel = vocabulary.hasEnd() ? vocabulary.symbol(vocabulary.end()) : null;
        this.endSymbol = config.endSymbol() == null ? ofModel : config.endSymbol();
        this.line = new TextLine(
                config.linePattern(),
                Map.of("sequence", config.sequenceField(), "event", config.eventField(), "time", config.timeField()));
    }

    /**
     * Reads a record that has a value.
     *
     * @throws BadEventException if the record cannot be an event
     */
    Occurrence read(@Nullable Object key, Object value) {
        if (config.eventField().isEmpty()) {
            if (key == null) {
                throw new BadEventException(
                        "the record has no key, but must name its sequence there if event.field is empty");
            }
            return occurrence(null, value, false, null);
        }
        Fields fields = value instanceof String text ? line.split(text) : Fields.of(value);
        return occurrence(
                sequence(fields.get(config.sequenceField())),
                fields.get(config.eventField()),
                end(fields.get(config.endField())),
                time(fields.get(config.timeField())));
    }

    private Occurrence occurrence(@Nullable String sequence, @Nullable Object event, boolean end, @Nullable Long time) {
        if (endSymbol != null && endSymbol.equals(event)) {
            return new Occurrence(sequence, null, true, time);
        }
        if (event == null && !end) {
            throw new BadEventException("the field " + config.eventField() + " is missing");
        }
        return new Occurrence(sequence, event == null ? null : event(event), end, time);
    }

    private String sequence(@Nullable Object value) {
        if (value == null) {
            throw new BadEventException("the field " + config.sequenceField() + " is missing");
        }
        if (value instanceof String text) {
            Utf8.encode(text, "the field " + config.sequenceField()); // the converter would replace what is not Unicode
            return text;
        }
        if (isWhole(value)) {
            return value.toString();
        }
        throw new BadEventException("the field " + config.sequenceField() + " must be text or an integer");
    }

    /** Returns the event. Text is a symbol, or an index if the model's events have no names. */
    private Event event(Object value) {
        if (value instanceof String text) {
            return !vocabulary.hasSymbols() && text.matches(DIGITS)
                    ? new Event.Index(Long.parseLong(text))
                    : new Event.Symbol(text);
        }
        if (isWhole(value)) {
            return new Event.Index(((Number) value).longValue());
        }
        throw new BadEventException("the event must be text or an integer");
    }

    private boolean end(@Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw new BadEventException("the field " + config.endField() + " must be true or false");
    }

    private @Nullable Long time(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof Date date) {
            return date.getTime();
        }
        Object number = value instanceof String text && text.matches(DIGITS) ? Long.valueOf(text) : value;
        if (isWhole(number) && ((Number) number).longValue() >= 0) {
            return ((Number) number).longValue();
        }
        throw new BadEventException(
                "the field " + config.timeField() + " must be a number of milliseconds since the epoch");
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }
}
