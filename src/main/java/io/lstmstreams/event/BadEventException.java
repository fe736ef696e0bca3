package io.lstmstreams.event;

/**
 * A record that cannot be stepped: malformed, or an event that the model does not know. The state stays as it was and the
 * record goes to the dead letters.
 *
 * <p>The message says what is wrong and never quotes the record, because messages end up in logs. There is no stack trace:
 * bad records are expected, and may be many.
 */
public class BadEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong.
     *
     * @param message one line, without anything of the payload
     */
    public BadEventException(String message) {
        super(message, null, false, false);
    }

    /** An event after which the state of its sequence would no longer be numbers. */
    public static BadEventException makesStateNotFinite() {
        return new BadEventException("the event makes the state of its sequence NaN or infinite");
    }
}
