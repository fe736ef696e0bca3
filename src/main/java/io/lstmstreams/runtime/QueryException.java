package io.lstmstreams.runtime;

/** A question that has no answer. The message is one line that says why. */
public final class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose fault it is. */
    public enum Reason {
        /** The question is not valid: the record would be refused. */
        BAD_RECORD,
        /** The stored state cannot be read. */
        UNREADABLE,
        /** The answer is not available now, but will be soon. */
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
