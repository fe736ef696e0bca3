package io.lstmstreams.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/** The keys {@code lstm.input.*} and {@code lstm.unknown.event}, and their values in a configuration. Immutable. */
public final class InputConfig {
    public static final String TOPIC_CONFIG = "lstm.input.topic";
    private static final String TOPIC_DOC = "The topic of events. It must exist.";

    public static final String FORMAT_CONFIG = "lstm.input.format";
    private static final String FORMAT_DOC =
            "The format of an event in a record's value: json (symbol, index or vector at lstm.input.event), string"
                    + " (a symbol in UTF-8), int32 (an index, four bytes big-endian) or float32 (a vector, four bytes"
                    + " big-endian per element).";

    public static final String EVENT_CONFIG = "lstm.input.event";
    private static final String EVENT_DOC =
            "JSON pointer (RFC 6901) to the event in a json value; empty if the whole value is the event.";

    public static final String UNKNOWN_EVENT_CONFIG = "lstm.unknown.event";
    private static final String UNKNOWN_EVENT_DOC =
            "What happens to an event that is not in the model's vocabulary: dead-letter, skip (left out),"
                    + " unknown-symbol (processed as the vocabulary's unknown symbol) or fail (stops the application).";

    private final Values values;

    InputConfig(Values values) {
        this.values = values;
    }

    /** Declares the keys of this group. */
    static void define(ConfigDef definition) {
        definition
                .define(
                        TOPIC_CONFIG,
                        Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Validators.notEmpty(),
                        Importance.HIGH,
                        TOPIC_DOC)
                .define(
                        FORMAT_CONFIG,
                        Type.STRING,
                        Validators.name(InputFormat.JSON),
                        Validators.oneOf(InputFormat.class),
                        Importance.HIGH,
                        FORMAT_DOC)
                .define(EVENT_CONFIG, Type.STRING, "/event", Validators.pointer(), Importance.MEDIUM, EVENT_DOC)
                .define(
                        UNKNOWN_EVENT_CONFIG,
                        Type.STRING,
                        Validators.name(UnknownEvents.DEAD_LETTER),
                        Validators.oneOf(UnknownEvents.class),
                        Importance.MEDIUM,
                        UNKNOWN_EVENT_DOC);
    }

    /** Returns {@value #TOPIC_CONFIG}. */
    public String topic() {
        return values.getString(TOPIC_CONFIG);
    }

    /** Returns {@value #FORMAT_CONFIG}. */
    public InputFormat format() {
        return values.constant(InputFormat.class, FORMAT_CONFIG);
    }

    /** Returns {@value #EVENT_CONFIG}, a JSON pointer. */
    public String event() {
        return values.getString(EVENT_CONFIG);
    }

    /** Returns {@value #UNKNOWN_EVENT_CONFIG}. */
    public UnknownEvents unknownEvents() {
        return values.constant(UnknownEvents.class, UNKNOWN_EVENT_CONFIG);
    }
}
