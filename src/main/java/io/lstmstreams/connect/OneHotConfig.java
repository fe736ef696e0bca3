package io.lstmstreams.connect;

import io.lstmstreams.modelfile.ModelEvents;
import io.lstmstreams.modelfile.tensor.ModelFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The configuration of {@link OneHot}. */
final class OneHotConfig extends AbstractConfig {
    private static final String MODEL = "model";
    private static final String MODEL_DOC =
            "The model file with the names of the events, or a .json file with its spec only."
                    + " A path on each worker, relative to the worker's working directory.";
    private static final String FORM = "form";
    private static final String FORM_DOC =
            "The form of the written event: json for JsonConverter without schemas, symbol for"
                    + " StringConverter, index for IntegerConverter, vector for ByteArrayConverter. The application reads them with"
                    + " lstm.input.format json, string, int32 and float32.";
    private static final String EVENT_FIELD = "event.field";
    private static final String EVENT_FIELD_DOC = "The field with the event: a symbol or an index. Empty if the whole"
            + " value is the event, whose sequence is then the record's key.";
    private static final String SEQUENCE_FIELD = "sequence.field";
    private static final String SEQUENCE_FIELD_DOC =
            "The field with the sequence's id: text or an integer. It becomes the record's key, as text.";
    private static final String END_FIELD = "end.field";
    private static final String END_FIELD_DOC =
            "The field that is true if the sequence ends, after the event if the record has one. It may be missing.";
    private static final String END_SYMBOL = "end.symbol";
    private static final String END_SYMBOL_DOC =
            "The symbol that ends a sequence, in place of an event. Default: the model's end symbol, if it has one.";
    private static final String TIME_FIELD = "time.field";
    private static final String TIME_FIELD_DOC =
            "The field with the event time, in milliseconds since the epoch or as Connect's"
                    + " Timestamp. It becomes the record's timestamp, which is unchanged if the field is missing.";
    private static final String LINE_PATTERN = "line.pattern";
    private static final String LINE_PATTERN_DOC =
            "A regular expression that splits a text value, such as a line of a file, with the"
                    + " groups (?<sequence>...), (?<event>...) and optionally (?<time>...). A line that begins with { is"
                    + " read as a JSON object instead, and a blank line is left out.";
    private static final String UNKNOWN_EVENT = "unknown.event";
    private static final String UNKNOWN_EVENT_DOC =
            "What happens to an event that is not in the model's vocabulary: error, or"
                    + " unknown-symbol, which replaces it by the model's unknown symbol.";

    private static final String ERROR = "error";
    private static final String UNKNOWN_SYMBOL = "unknown-symbol";

    static final ConfigDef DEFINITION = new ConfigDef()
            .define(MODEL, Type.STRING, ConfigDef.NO_DEFAULT_VALUE, new NonEmptyString(), Importance.HIGH, MODEL_DOC)
            .define(
                    FORM,
                    Type.STRING,
                    EventForm.JSON.configName(),
                    ValidString.in(EventForm.configNames().toArray(String[]::new)),
                    Importance.HIGH,
                    FORM_DOC)
            .define(SEQUENCE_FIELD, Type.STRING, "sequence", new NonEmptyString(), Importance.HIGH, SEQUENCE_FIELD_DOC)
            .define(EVENT_FIELD, Type.STRING, "event", Importance.HIGH, EVENT_FIELD_DOC)
            .define(END_FIELD, Type.STRING, "end", new NonEmptyString(), Importance.MEDIUM, END_FIELD_DOC)
            .define(END_SYMBOL, Type.STRING, null, Importance.MEDIUM, END_SYMBOL_DOC)
            .define(TIME_FIELD, Type.STRING, "time", new NonEmptyString(), Importance.MEDIUM, TIME_FIELD_DOC)
            .define(
                    LINE_PATTERN,
                    Type.STRING,
                    "(?<sequence>\\S+)\\s+(?<event>\\S+)",
                    Importance.MEDIUM,
                    LINE_PATTERN_DOC)
            .define(
                    UNKNOWN_EVENT,
                    Type.STRING,
                    ERROR,
                    ValidString.in(ERROR, UNKNOWN_SYMBOL),
                    Importance.MEDIUM,
                    UNKNOWN_EVENT_DOC);

    OneHotConfig(Map<String, ?> properties) {
        super(DEFINITION, properties, false); // not logged: Connect logs the connector's configuration
    }

    /**
     * Reads the model's events, and checks that the other keys are consistent with the events.
     *
     * @throws ConfigException if the model cannot be read or another key is inconsistent
     */
    ModelEvents model() {
        ModelEvents model;
        try {
            model = ModelEvents.read(Path.of(getString(MODEL)));
        } catch (ModelFileException | IllegalArgumentException e) {
            throw new ConfigException("the key " + MODEL + ": " + e.getMessage());
        }
        if (form() == EventForm.SYMBOL && !model.vocabulary().hasSymbols()) {
            throw new ConfigException(FORM, form().configName(), "the model's events have no names: use index");
        }
        if (form() == EventForm.VECTOR && model.size() == 0) {
            throw new ConfigException(
                    FORM, form().configName(), "the model's spec must state the length of the vector");
        }
        if (unknownSymbol() && model.vocabulary().unknown() < 0) {
            throw new ConfigException(
                    UNKNOWN_EVENT, UNKNOWN_SYMBOL, "the model has no symbol for unknown events: use error");
        }
        return model;
    }

    EventForm form() {
        return EventForm.valueOf(getString(FORM).toUpperCase(Locale.ROOT));
    }

    /** Returns the name of the event field; empty if the whole value is the event. */
    String eventField() {
        return getString(EVENT_FIELD);
    }

    String sequenceField() {
        return getString(SEQUENCE_FIELD);
    }

    String endField() {
        return getString(END_FIELD);
    }

    /** Returns the end symbol; null if it is the model's. */
    @Nullable
    String endSymbol() {
        return getString(END_SYMBOL);
    }

    String timeField() {
        return getString(TIME_FIELD);
    }

    Pattern linePattern() {
        return TextLine.pattern(LINE_PATTERN, getString(LINE_PATTERN), List.of("sequence", "event"));
    }

    boolean unknownSymbol() {
        return getString(UNKNOWN_EVENT).equals(UNKNOWN_SYMBOL);
    }
}
