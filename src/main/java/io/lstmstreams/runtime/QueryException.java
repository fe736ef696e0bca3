package io.lstmstreams.runtime;

/** A question that has no answer. The message is one line that says why. */
public final class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose fault it is. */
    public enum Reason {
        /** What was asked for makes no sense: the record would not be stepped. */
        BAD_RECORD,
        /** The stored state cannot be read. */
        UNREADABLE,
        /** Nobody can tell now; soon somebody can. */
        UNAVAILABLE
    }

    private final Reason reason;

    QueryException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Whose fault it is. */
    public Reason reason() {
        return reason;
    }
}
