package io.lstmstreams.config;

import org.apache.kafka.common.config.ConfigException;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * A part of a record that names something: its sequence, its model, or the event itself.
 *
 * @param from the part of the record
 * @param name the header's name or the JSON pointer; empty for the key
 */
@API(status = API.Status.STABLE)
public record RecordPart(From from, String name) {
    /** A part of a record. */
    public enum From {
        /** The record's key. */
        KEY,
        /** A header's value. */
        HEADER,
        /** A field of a JSON value. */
        FIELD
    }

    private static final String HEADER = "header:";
    private static final String FIELD = "field:";

    /** Reads {@code key}, {@code header:NAME} or {@code field:/pointer}. */
    static RecordPart keyOrOther(String key, String text) {
        return text.equals("key") ? new RecordPart(From.KEY, "") : other(key, text, "must be key, ");
    }

    /** Reads {@code header:NAME} or {@code field:/pointer}. Returns null for {@code none}. */
    static @Nullable RecordPart orNone(String key, String text) {
        return text.equals("none") ? null : other(key, text, "must be none, ");
    }

    private static RecordPart other(String key, String text, String otherwise) {
        if (text.startsWith(HEADER) && text.length() > HEADER.length()) {
            return new RecordPart(From.HEADER, text.substring(HEADER.length()));
        }
        if (text.startsWith(FIELD + "/")) {
            return new RecordPart(From.FIELD, text.substring(FIELD.length()));
        }
        throw new ConfigException(key, text, otherwise + "header:NAME or field:/pointer");
    }
}
