package io.lstmstreams.runtime;

/** A failure to start the application, or a failure that has stopped it. The message is one line with the reason. */
public final class ApplicationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ApplicationException(String message) {
        super(message);
    }

    ApplicationException(String message, Throwable cause) {
        super(message, cause);
    }
}
