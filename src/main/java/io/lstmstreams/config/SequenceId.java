package io.lstmstreams.config;

import org.apache.kafka.common.config.ConfigException;

/**
 * Where a record says which sequence it belongs to.
 *
 * @param from the part of the record
 * @param name the header's name or the JSON pointer; empty for the key
 */
public record SequenceId(From from, String name) {
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
    static SequenceId parse(String text) {
        if (text.equals("key")) {
            return new SequenceId(From.KEY, "");
        }
        if (text.startsWith(HEADER) && text.length() > HEADER.length()) {
            return new SequenceId(From.HEADER, text.substring(HEADER.length()));
        }
        if (text.startsWith(FIELD + "/")) {
            return new SequenceId(From.FIELD, text.substring(FIELD.length()));
        }
        throw new ConfigException(
                LstmStreamsConfig.SEQUENCE_ID_CONFIG, text, "it is key, header:NAME or field:/pointer");
    }
}
