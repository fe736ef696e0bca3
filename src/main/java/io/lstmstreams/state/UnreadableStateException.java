package io.lstmstreams.state;

/** Stored bytes that are not a state of this version and this model. */
public final class UnreadableStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the bytes. */
    public enum Reason {
        /** Written in another layout. */
        OTHER_VERSION,
        /** Written by another model. */
        OTHER_MODEL,
        /** Changed since it was written. */
        DAMAGED
    }

    private final Reason reason;

    UnreadableStateException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** What is wrong with the bytes. */
    public Reason reason() {
        return reason;
    }
}
