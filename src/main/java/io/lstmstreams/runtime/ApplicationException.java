package io.lstmstreams.runtime;

/** The application cannot start, or has stopped. The message is one line that says why. */
public final class ApplicationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ApplicationException(String message, Throwable cause) {
        super(message, cause);
    }
}
