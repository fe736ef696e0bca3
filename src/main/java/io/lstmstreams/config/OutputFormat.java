package io.lstmstreams.config;

/** The format of a result. */
public enum OutputFormat {
    /** The result record in JSON. */
    JSON,
    /** The first head's output, four bytes big-endian per element. */
    FLOAT32
}
