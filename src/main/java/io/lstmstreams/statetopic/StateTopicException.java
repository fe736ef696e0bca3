package io.lstmstreams.statetopic;

import org.jspecify.annotations.Nullable;

/** Thrown if a changelog of states, or a file of states, cannot be used. The message is one line with the reason. */
public final class StateTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param cause the cause; null if there is none */
    public StateTopicException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
