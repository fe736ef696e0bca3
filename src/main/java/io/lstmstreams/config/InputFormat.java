package io.lstmstreams.config;

/** The format of an event in a record's value. */
public enum InputFormat {
    /** JSON, with the event at a pointer. */
    JSON,
    /** A symbol in UTF-8. */
    STRING,
    /** An index, four bytes big-endian. */
    INT32,
    /** A vector, four bytes big-endian per element. */
    FLOAT32
}
