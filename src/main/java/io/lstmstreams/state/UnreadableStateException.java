package io.lstmstreams.state;

/** Thrown if stored bytes cannot be read as a state of this model. */
public final class UnreadableStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The reasons why bytes cannot be read. */
    public enum Reason {
        /** The bytes have an unknown layout version. */
        OTHER_VERSION,
        /** Another model wrote the bytes. */
        OTHER_MODEL,
        /** The bytes have changed since they were written. */
        DAMAGED
    }

    private final Reason reason;

    UnreadableStateException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Returns the reason why the bytes cannot be read. */
    public Reason reason() {
        return reason;
    }
}
