package io.lstmstreams.event;

import org.apiguardian.api.API;

/** The record header that starts or ends a sequence, and its values in UTF-8. */
@API(status = API.Status.STABLE)
public final class SequenceHeader {
    /** The header's name. */
    public static final String NAME = "lstm.sequence";

    /** The value that restarts the sequence before the record's event. */
    public static final String START = "start";

    /** The value that ends the sequence after the record's event. */
    public static final String END = "end";

    private SequenceHeader() {}
}
