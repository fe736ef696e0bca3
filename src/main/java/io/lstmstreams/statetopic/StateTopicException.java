package io.lstmstreams.statetopic;

/** A changelog of states, or a file of them, that cannot be used. The message is one line that says why. */
public final class StateTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param cause null if there is none */
    public StateTopicException(String message, Throwable cause) {
        super(message, cause);
    }
}
