package io.lstmstreams.event;

import org.apiguardian.api.API;

/**
 * Thrown if a record cannot be processed: it is malformed, or the model does not know its event. The state does
 * not change, and the record is sent to the dead-letter topic.
 *
 * <p>The message never quotes the record, because messages end up in logs. There is no stack trace, because bad records
 * are expected and may be many.
 */
@API(status = API.Status.STABLE)
public class BadEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String message;

    /**
     * Creates an exception.
     *
     * @param message one line that says what is wrong, without any part of the payload
     */
    public BadEventException(String message) {
        super(message, null, false, false);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** Returns the exception for an event after which the state of its sequence would be NaN or infinite. */
    public static BadEventException makesStateNotFinite() {
        return new BadEventException("the event makes the state of its sequence NaN or infinite");
    }
}
