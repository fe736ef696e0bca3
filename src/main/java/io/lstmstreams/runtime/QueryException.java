package io.lstmstreams.runtime;

/** A failure to answer a query. The message is one line with the reason. */
public final class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kind of a failure. */
    public enum Reason {
        /** The record of the query would be refused. */
        BAD_RECORD,
        /** The stored state is damaged or of a later version. */
        UNREADABLE,
        /** The answer is not available now; a later query can succeed. */
        UNAVAILABLE
    }

    private final Reason reason;
    private final String message;

    QueryException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** Returns the kind of the failure. */
    public Reason reason() {
        return reason;
    }
}
