package io.lstmstreams.config;

/** How a result is written. */
public enum OutputFormat {
    /** The result record in JSON. */
    JSON,
    /** The first head's output, four bytes big-endian an element. */
    FLOAT32
}
