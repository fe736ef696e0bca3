package io.lstmstreams.statetopic;

import org.jspecify.annotations.Nullable;

/** Thrown if a changelog of states, or a file of states, cannot be used. The message is one line that says why. */
public final class StateTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param cause the cause, or null */
    public StateTopicException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
